import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { useFleet } from '../../support/fleet.ts';
import { openChromium } from '../../support/machine/chromium.ts';
import { startProxy, type TcpProxy } from '../../support/machine/tcp-proxy.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type Complaints, collectComplaints } from '../complaints.ts';
import { PATIENCE_MS } from '../tab.ts';
import { FAKE_VOICES } from './fake-voices.ts';
import { type FrontDesk, openFrontDesk } from './front-desk.ts';
import { WALL } from './inspect.ts';

/** A name that would be found anywhere in a page. */
const NAME = 'Ada Lovelace';

describe('board in a browser, with a real server', function () {
  this.timeout(4 * PATIENCE_MS);
  const fleet = useFleet({ servers: 1, workers: 1 });
  let browser: Browser;
  let proxy: TcpProxy;
  let url: string;
  let desk: FrontDesk;
  const pages: { page: Page; complaints: Complaints }[] = [];

  before(async function () {
    this.timeout(120_000);
    const direct = fleet.servers[0]?.url ?? '';
    proxy = await startProxy({ host: '127.0.0.1', port: Number(new URL(direct).port) });
    url = `http://127.0.0.1:${proxy.port}`;
    desk = await openFrontDesk(fleet, direct);
    browser = await openChromium();
  });
  after(async () => {
    desk?.close();
    await browser?.close();
    await proxy?.close();
  });
  afterEach(async () => {
    for (const { page, complaints } of pages.splice(0)) {
      await page.close();
      expect(complaints.texts, 'what the browser complained of').to.deep.equal([]);
    }
  });

  async function open(path: string, setUp?: string) {
    const page = await browser.newPage({ viewport: WALL });
    page.setDefaultTimeout(PATIENCE_MS);
    const complaints = collectComplaints(page);
    pages.push({ page, complaints });
    if (setUp) await page.addInitScript(setUp);
    await page.goto(`${url}${path}`);
    await page.locator('main[data-screen="board"]').waitFor();
    const shows = (code: string) => page.locator('.last b', { hasText: code }).waitFor();
    return { page, complaints, shows };
  }
  const take = (queueId: string) => desk.http.createTicket({ id: queueId, customerName: NAME });
  const displaysOf = async (id: string) => (await desk.http.readTicket({ id })).shown?.displays;
  const patience = (what: string) => ({ timeoutMs: PATIENCE_MS, what });

  it('follows calls, proves that they were shown, and knows no names', async () => {
    const queue = await desk.queue();
    const [one, two, three] = await desk.counters(queue.id, 'Counter 1', 'Counter 2', 'Counter 3');
    const { page, shows } = await open(`/board/${queue.id}`);
    await page.getByText('Nobody has been called yet.').waitFor();
    const first = await take(queue.id);
    for (let n = 0; n < 3; n += 1) await take(queue.id);
    await page.getByText('4 waiting').waitFor();
    await desk.http.callNext({ id: one?.id ?? '' });
    await shows('A001');
    await waitFor(async () => (await displaysOf(first.id)) === 1, patience('the proof'));
    await Promise.all([two, three].map((each) => desk.http.callNext({ id: each?.id ?? '' })));
    await Promise.all(['A002', 'A003'].map(shows));
    await page.getByText('1 waiting').waitFor();
    expect(await page.locator('.last b').count(), 'all of the same moment').to.equal(3);
    expect(await page.getByRole('status').textContent()).to.match(/A003, go to Counter \d\./);
    expect(await page.content())
      .not.to.contain('Ada')
      .and.not.to.contain('Lovelace');
  });

  it('shows since when it is cut off, and catches up with what it missed', async () => {
    const queue = await desk.queue();
    const [one, two] = await desk.counters(queue.id, 'Counter 1', 'Counter 2');
    const tickets = [await take(queue.id), await take(queue.id), await take(queue.id)];
    const { page, complaints, shows } = await open(`/board/${queue.id}`);
    await desk.http.callNext({ id: one?.id ?? '' });
    await shows('A001');
    const isBack = complaints.expectCut(url);
    await proxy.cut();
    await page.getByText(/^No connection since \d\d:\d\d/).waitFor();
    await desk.http.callNext({ id: two?.id ?? '' });
    expect(await page.locator('b', { hasText: 'A002' }).count()).to.equal(0);
    await proxy.restore();
    await shows('A002');
    await page.getByText(/^No connection/).waitFor({ state: 'detached' });
    isBack();
    await waitFor(
      async () => (await displaysOf(tickets[1]?.id ?? '')) === 1,
      patience('the proof'),
    );
    // Live again, not only caught up.
    await desk.http.cancelTicket({ id: tickets[2]?.id ?? '', version: tickets[2]?.version ?? 0 });
    await page.getByText('0 waiting').waitFor();
    expect(await page.content()).not.to.contain('Lovelace');
  });

  it('says each call in each language, after a gesture', async () => {
    const queue = await desk.queue();
    const [one, two, three] = await desk.counters(
      queue.id,
      'Schalter 1',
      'Schalter 2',
      'Schalter 3',
    );
    for (let n = 0; n < 3; n += 1) await take(queue.id);
    const { page, shows } = await open(
      `/board/${queue.id}?sound=speech&lang=de,en,xx&theme=dark`,
      FAKE_VOICES,
    );
    await desk.http.callNext({ id: one?.id ?? '' });
    await shows('A001');
    await page.getByRole('button', { name: 'Tap for sound' }).click();
    await page.getByRole('button', { name: 'Tap for sound' }).waitFor({ state: 'detached' });
    await desk.http.callNext({ id: two?.id ?? '' });
    await desk.http.callNext({ id: three?.id ?? '' });
    const said = () => page.evaluate<string[]>('window.said');
    await waitFor(async () => (await said()).length === 4, patience('four sentences'));
    expect(await said()).to.deep.equal([
      'de: Nummer A 2, bitte zu Schalter 2.',
      'en: Number A 2, please go to Schalter 2.',
      'de: Nummer A 3, bitte zu Schalter 3.',
      'en: Number A 3, please go to Schalter 3.',
    ]);
  });
});
