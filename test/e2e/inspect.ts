import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PICTURES = 'docs/screenshots';
const PHONE = { width: 390, height: 760 };
const withPictures = process.env['FOYER_SCREENSHOTS'] === '1';

/**
 * Checks a screen with axe, in light and dark mode, and that it is not wider than a telephone. With
 * FOYER_SCREENSHOTS=1 it also takes pictures. The page is then as wide as before.
 */
export async function inspect(page: Page, name: string): Promise<void> {
  const desk = page.viewportSize() ?? PHONE;
  if (await page.evaluate('!window.axe')) await page.evaluate(AXE);
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    const found = await page.evaluate(
      `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`,
    );
    expect(found, `${name}, ${scheme}`).to.deep.equal([]);
    await picture(page, scheme === 'dark' ? `${name}-dark` : name);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(PHONE);
  const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
  expect(wide, `${name} is wider than a telephone`).to.equal(false);
  await picture(page, `${name}-telephone`);
  await page.setViewportSize(desk);
}

async function picture(page: Page, name: string): Promise<void> {
  if (!withPictures) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
}
