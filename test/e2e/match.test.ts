import { expect } from 'chai';
import type { Browser, BrowserContext } from 'playwright-core';
import { useFleet } from '../support/fleet.ts';
import { CALL_FLAGS, openChromium } from '../support/machine/chromium.ts';
import { startProxy, type TcpProxy } from '../support/machine/tcp-proxy.ts';
import { waitFor } from '../support/wait-for.ts';
import { bothHear, openTab, PATIENCE_MS, restartIce, type Tab, ufrag } from './tab.ts';

/** Two pages of a real browser with a real server and worker. Each pair uses its own languages. */
describe('play/match in a browser', function () {
  // Several waits of a browser's patience each.
  this.timeout(4 * PATIENCE_MS);
  const fleet = useFleet({ servers: 1, workers: 1 });
  const tabs: Tab[] = [];
  let browser: Browser;
  let url: string;
  let proxy: TcpProxy;
  /** Closed at the start, because it takes fifteen seconds until the call ends without the partner. */
  let left: Tab;

  before(async function () {
    this.timeout(120_000);
    url = fleet.servers[0]?.url ?? '';
    proxy = await startProxy({ host: '127.0.0.1', port: Number(new URL(url).port) });
    browser = await openChromium(CALL_FLAGS);
    const [gone, stays] = await pair('de', 'fr');
    left = stays;
    await gone.close();
  });
  after(async () => {
    await browser?.close();
    await proxy?.close();
  });
  afterEach(async function () {
    const done = tabs.splice(0, tabs.length, ...tabs.filter((each) => each === left));
    // What a failed test left open would go on complaining in the next ones.
    await Promise.all(done.filter((each) => each !== left).map((each) => each.close()));
    const texts = done.flatMap(({ complaints }) => complaints.texts.splice(0));
    // A failed hook would take the tests after it along; a failed test has said enough.
    if (this.currentTest?.state !== 'failed')
      expect(texts, 'what the browser complained of').to.deep.equal([]);
  });

  const tab = async (at = url, context?: BrowserContext) => {
    const opened = await openTab(browser, at, context);
    tabs.push(opened);
    await opened.screen('setup');
    return opened;
  };
  const end = async (...ended: Tab[]) => {
    for (const each of ended) await each.close();
  };

  /** Connects two people in a call. */
  async function pair(
    one: string,
    two: string,
    at: [string, string] = [url, url],
    context?: BrowserContext,
  ) {
    const [ana, bob] = await Promise.all([tab(at[0], context), tab(at[1], context)]);
    await ana.choose(one, two);
    await ana.screen('waiting');
    await bob.choose(two, one);
    await Promise.all([ana.screen('talking'), bob.screen('talking')]);
    return [ana, bob] as const;
  }

  it('connects two tabs of one browser in a call with audio, until one leaves', async () => {
    const context = await browser.newContext({ viewport: { width: 900, height: 720 } });
    const [ana, bob] = await pair('es', 'en', [url, url], context);
    await bothHear(ana, bob);
    await picture(ana);
    expect(await ana.page.locator('.pair').textContent()).to.match(/In English: you practise/);
    await ana.press('Mute');
    expect(await ana.page.getByRole('button', { name: 'Unmute' }).count()).to.equal(1);
    await ana.press('Leave');
    await Promise.all([ana.screen('ended'), bob.screen('ended')]);
    expect(await ana.page.locator('main').textContent()).to.contain('You left the call.');
    expect(await bob.page.locator('main').textContent()).to.match(/left the call\.You talked for/);
    await bob.page.getByLabel('4 of 5, good').check();
    await bob.page.getByLabel('Add a note (optional)').fill('kind and patient');
    await bob.press('Send rating');
    await bob.page.getByText('Thanks for your rating.').waitFor();
    await bob.page.getByText(/^Report /).click();
    await bob.page.getByLabel('Reason').selectOption('Spam or advertising');
    await bob.press('Send report');
    await bob.page.getByText('Thank you. Our team will review your report.').waitFor();
    await bob.page.getByRole('button', { name: /^Block / }).click();
    await bob.page.getByText(/^You blocked /).waitFor();
    await bob.press('Done');
    await bob.screen('setup');
    await end(ana, bob);
    await context.close();
  });

  it('goes on through a cut of the server connection and a restart of ICE', async () => {
    const proxied = `http://127.0.0.1:${proxy.port}`;
    const [ana, bob] = await pair('it', 'pt', [proxied, url]);
    const isBack = ana.complaints.expectCut(proxied);
    await proxy.cut();
    await ana.page.locator('.notice', { hasText: 'lost the connection to the server' }).waitFor();
    await bothHear(ana, bob);
    // Signalling is disconnected, so the offer must wait and must not be lost.
    const before = await ana.page.evaluate(restartIce);
    await proxy.restore();
    await waitFor(async () => !['', before].includes(await ana.page.evaluate(ufrag)), {
      timeoutMs: PATIENCE_MS,
      what: 'the restart of ICE',
    });
    await ana.page.locator('.notice').waitFor({ state: 'detached' });
    isBack();
    await bothHear(ana, bob);
    await Promise.all([ana.screen('talking'), bob.screen('talking')]);
    await end(ana, bob);
  });

  it('continues after a reload and in another tab of the same user', async () => {
    const [ana, bob] = await pair('nl', 'sv');
    await ana.page.reload();
    await ana.screen('talking');
    await bothHear(ana, bob);
    const second = await openTab(browser, url, ana.context);
    tabs.push(second);
    await second.screen('setup');
    const tokens = await ana.page.evaluate(() => sessionStorage.getItem('foyer.tokens') ?? '');
    await second.page.evaluate((kept) => sessionStorage.setItem('foyer.tokens', kept), tokens);
    await second.page.reload();
    await second.screen('elsewhere');
    await second.press('Move the call here');
    await Promise.all([second.screen('talking'), ana.screen('elsewhere')]);
    await bothHear(second, bob);
    await end(second, ana, bob);
  });

  it('works with only the keyboard', async () => {
    const ana = await tab();
    const { keyboard } = ana.page;
    await ana.page.getByLabel('I speak', { exact: true }).focus();
    await keyboard.type('Finn');
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await keyboard.type('Dan');
    for (let n = 0; n < 3; n += 1) await keyboard.press('Tab');
    await keyboard.press('Enter');
    await ana.screen('waiting');
    await waitFor(async () => (await focused(ana)).startsWith('<h1'), { what: 'the heading' });
    expect(await ana.page.locator('.pair').textContent()).to.match(/Finnish and practise Danish/);
    await keyboard.press('Tab');
    expect(await focused(ana)).to.contain('Stop searching');
    await keyboard.press('Space');
    await ana.screen('setup');
    await end(ana);
  });

  it('tells the person who is left when the other page is closed, and lets them search again', async () => {
    await left.screen('ended', PATIENCE_MS);
    const text = await left.page.locator('main').textContent();
    expect(text).to.match(/The connection with .+ was lost for too long/);
    await left.press('Next partner');
    await left.screen('waiting');
    await left.press('Stop searching');
    await left.screen('setup');
    await end(left);
  });
});

/** The one screen that only a real call has. */
async function picture({ page }: Tab): Promise<void> {
  if (process.env['FOYER_SCREENSHOTS'] !== '1') return;
  const { width, height } = page.viewportSize() ?? { width: 900, height: 720 };
  await page.screenshot({ path: 'docs/screenshots/play-talking.png' });
  await page.setViewportSize({ width: 390, height: 760 });
  await page.screenshot({ path: 'docs/screenshots/play-talking-telephone.png' });
  await page.setViewportSize({ width, height });
}

const focused = ({ page }: Tab) => page.evaluate(() => document.activeElement?.outerHTML ?? '');
