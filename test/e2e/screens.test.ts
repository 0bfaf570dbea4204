import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { CALL_FLAGS, openChromium } from '../support/machine/chromium.ts';
import { type Complaints, collectComplaints } from './complaints.ts';
import { type Pretended, pretendServer } from './pretend-server.ts';
import { type Shown, screensToShow } from './screens.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PICTURES = 'docs/screenshots';
const PHONE = { width: 390, height: 760 };
const DESK = { width: 900, height: 720 };
const withPictures = process.env['FOYER_SCREENSHOTS'] === '1';

const rejects = (name: string) =>
  `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '${name}'))`;

/** Shows every screen with a simulated server. With FOYER_SCREENSHOTS=1 it also takes the screenshots of the docs. */
describe('play/match: every screen in a browser', function () {
  this.timeout(30_000);
  let server: Pretended;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints = new Map<Page, Complaints>();

  before(async function () {
    this.timeout(120_000);
    server = await pretendServer();
    browser = await openChromium(CALL_FLAGS);
    context = await browser.newContext({ viewport: DESK });
    page = await open(context);
    if (withPictures) mkdirSync(PICTURES, { recursive: true });
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });
  afterEach(() => {
    for (const { texts } of complaints.values())
      expect(texts.splice(0), 'what the browser complained of').to.deep.equal([]);
  });

  /** That there is no live session is an answer here, and every browser reports a 404. */
  async function open(where: BrowserContext, setUp = '', answers = /404/): Promise<Page> {
    const opened = await where.newPage();
    opened.setDefaultTimeout(8_000);
    complaints.set(
      opened,
      collectComplaints(opened, (text) => answers.test(text)),
    );
    if (setUp !== '') await opened.addInitScript(setUp);
    await opened.goto(`${server.url}/play/match`);
    return opened;
  }
  const screen = (name: string, at = page) => at.locator(`main[data-screen="${name}"]`).waitFor();

  async function inspect(name: string, at = page): Promise<void> {
    if (await at.evaluate('!window.axe')) await at.evaluate(AXE);
    for (const scheme of ['light', 'dark'] as const) {
      await at.emulateMedia({ colorScheme: scheme });
      const found = await at.evaluate(
        `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`,
      );
      expect(found, `${name}, ${scheme}`).to.deep.equal([]);
      if (withPictures && (scheme === 'light' || name === 'interrupted'))
        await picture(at, scheme === 'dark' ? `${name}-dark` : name, DESK);
    }
    await at.emulateMedia({ colorScheme: 'light' });
    await at.setViewportSize(PHONE);
    const wide = await at.evaluate('document.documentElement.scrollWidth > innerWidth');
    expect(wide, `${name} is wider than a telephone`).to.equal(false);
    if (withPictures) await picture(at, `${name}-telephone`, PHONE);
    await at.setViewportSize(DESK);
  }

  async function picture(at: Page, name: string, size: typeof DESK): Promise<void> {
    await at.setViewportSize(size);
    await at.screenshot({ path: `${PICTURES}/play-${name}.png`, fullPage: true });
  }

  async function show({ request, session, name, screen: wanted }: Shown): Promise<void> {
    server.say(request, session);
    await screen(wanted);
    await inspect(name);
  }

  it('the setup and its validation messages', async () => {
    await screen('setup');
    await page.getByRole('button', { name: 'Find a partner' }).click();
    await page.getByText('Choose a language you speak.').waitFor();
    await page.getByLabel('I speak', { exact: true }).selectOption('es');
    await page.getByLabel('I want to practise', { exact: true }).selectOption('en');
    await inspect('setup');
  });

  for (const shown of screensToShow()) it(shown.name, () => show(shown));

  it('a lost server connection', async () => {
    const [waiting] = screensToShow();
    if (waiting) server.say(later(waiting), null);
    await screen('waiting');
    const isBack = complaints.get(page)?.expectCut(server.url);
    server.cut();
    await page.locator('.notice', { hasText: 'lost the connection to the server' }).waitFor();
    await inspect('offline');
    server.restore();
    await page.locator('.notice').waitFor({ state: 'detached' });
    isBack?.();
    server.say(null, null);
  });

  for (const [trouble, setUp] of [
    ['refused', rejects('NotAllowedError')],
    ['missing', rejects('NotFoundError')],
    ['busy', rejects('NotReadableError')],
    ['asking', 'navigator.mediaDevices.getUserMedia = () => new Promise(() => {})'],
    ['unsupported', 'Object.defineProperty(navigator, "mediaDevices", { value: undefined })'],
  ] as const) {
    it(`a microphone that is ${trouble}`, async () => {
      server.say(null, null);
      const other = await open(context, setUp);
      await screen('setup', other);
      await other.getByLabel('I speak', { exact: true }).selectOption('es');
      await other.getByLabel('I want to practise', { exact: true }).selectOption('en');
      await other.getByRole('button', { name: 'Find a partner' }).click();
      await screen(`microphone ${trouble}`, other);
      await inspect(`microphone-${trouble}`, other);
      await other.getByRole('button', { name: 'Back' }).click();
      await screen('setup', other);
      await other.close();
    });
  }

  it('a call in another tab', async () => {
    const [active] = screensToShow().filter(({ name }) => name === 'interrupted');
    server.say(null, active?.session ?? null);
    const setUp = 'navigator.locks.request = (_name, _how, held) => Promise.resolve(held(null))';
    const other = await open(context, setUp);
    await screen('elsewhere', other);
    await inspect('elsewhere', other);
    await other.close();
    server.say(null, null);
  });

  it('an expired sign-in', async () => {
    server.refuse(true);
    const other = await open(context);
    await screen('signed-out', other);
    await inspect('signed-out', other);
    server.refuse(false);
    await other.getByRole('button', { name: 'Continue as a new guest' }).click();
    await screen('setup', other);
    await other.close();
  });

  it('no server at all', async () => {
    server.fail(true);
    const other = await open(context, '', /40[04]/);
    await screen('unreachable', other);
    await inspect('unreachable', other);
    server.fail(false);
    await other.getByRole('button', { name: 'Try again' }).click();
    await screen('setup', other);
    await other.close();
  });
});

const later = ({ request }: Shown) => {
  if (!request) throw new Error('a request');
  return { ...request, wait: null, joinedAt: new Date(Date.now() + 60_000).toISOString() };
};
