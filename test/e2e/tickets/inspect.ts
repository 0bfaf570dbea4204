import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PICTURES = 'docs/screenshots';
const withPictures = process.env['FOYER_SCREENSHOTS'] === '1';

export interface Size {
  width: number;
  height: number;
}
export const PHONE: Size = { width: 390, height: 760 };
export const WALL: Size = { width: 1920, height: 1080 };

/** With FOYER_SCREENSHOTS=1 it takes a screenshot of the docs. */
export async function picture(page: Page, name: string, size: Size): Promise<void> {
  if (!withPictures) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.setViewportSize(size);
  // A picture in the middle of an animation differs in every run.
  await page.screenshot({ path: `${PICTURES}/${name}.png`, animations: 'disabled' });
}

/** axe finds nothing serious, in light and dark, and no size scrolls sideways. Ends in the first size, which has the picture. */
export async function inspect(page: Page, name: string, sizes: readonly Size[]): Promise<void> {
  if (await page.evaluate('!window.axe')) await page.evaluate(AXE);
  for (const size of [...sizes].reverse()) {
    await page.setViewportSize(size);
    const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
    expect(wide, `${name} is wider than ${size.width}`).to.equal(false);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const found = await page.evaluate(
        `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`,
      );
      expect(found, `${name}, ${size.width}, ${colorScheme}`).to.deep.equal([]);
    }
  }
  const [first] = sizes;
  if (first) await picture(page, name, first);
}
