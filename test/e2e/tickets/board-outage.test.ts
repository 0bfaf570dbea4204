import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { openChromium } from '../../support/machine/chromium.ts';
import { waitFor } from '../../support/wait-for.ts';
import { board } from '../../tickets/pages/fixtures.ts';
import { type Complaints, collectComplaints } from '../complaints.ts';
import { FAKE_VOICES } from './fake-voices.ts';
import { WALL } from './inspect.ts';
import { type PretendedTickets, pretendTickets } from './pretend-tickets.ts';

const START = Date.UTC(2026, 0, 5, 9);
const HOUR = 3_600;

/** A display whose clock the test moves. */
describe('board: an outage in a browser', function () {
  this.timeout(60_000);
  let server: PretendedTickets;
  let browser: Browser;
  let page: Page;
  let complaints: Complaints;
  let isBack: () => void;

  before(async function () {
    this.timeout(120_000);
    server = await pretendTickets();
    browser = await openChromium();
  });
  beforeEach(async () => {
    server.restore();
    server.board(board('1', []));
    page = await browser.newPage({ viewport: WALL });
    page.setDefaultTimeout(15_000);
    complaints = collectComplaints(page);
    isBack = complaints.expectCut(server.url);
    await page.clock.install({ time: START });
    await page.addInitScript(FAKE_VOICES);
    await page.goto(`${server.url}/board/1?sound=speech&lang=en`);
    await page.locator('main[data-screen="board"]').waitFor();
    await page.getByRole('button', { name: 'Tap for sound' }).click();
    await page.getByRole('button', { name: 'Tap for sound' }).waitFor({ state: 'detached' });
  });
  afterEach(async () => {
    isBack();
    await page.close();
    expect(complaints.texts, 'what the browser complained of').to.deep.equal([]);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  const called = (code: string, second: number) => ({
    ...{ code, counter: 'Counter 1', calledAt: new Date(START + second * 1_000).toISOString() },
  });
  const shows = (code: string) => page.locator('b', { hasText: code }).waitFor();
  const said = () => page.evaluate<string[]>('window.said');

  it('says after hours only what was called in the last minute', async () => {
    server.board(board('1', [called('A001', 0)], { seq: 1 }));
    await waitFor(async () => (await said()).length === 1, { what: 'the first call' });
    server.cut();
    await page.getByText(/^No connection since/).waitFor();
    const since = await page.getByText(/^No connection since/).textContent();
    await page.clock.fastForward(3 * HOUR * 1_000);
    await page.getByText(/^No connection since/).waitFor();
    expect(await page.getByText(/^No connection since/).textContent()).to.equal(since);
    await shows('A001');
    const missed = [called('A003', 3 * HOUR - 10), called('A002', HOUR), called('A001', 0)];
    server.board(board('1', missed, { seq: 40 }));
    server.restore();
    await shows('A002');
    await page.getByText(/^No connection since/).waitFor({ state: 'detached' });
    await waitFor(async () => (await said()).length === 2, { what: 'the last call' });
    expect(await said()).to.deep.equal([
      'en: Number A 1, please go to Counter 1.',
      'en: Number A 3, please go to Counter 1.',
    ]);
  });

  it('goes on with plain requests where only those get through', async () => {
    server.cut(true);
    await page.getByText(/^No connection since/).waitFor();
    server.board(board('1', [called('A007', 5)], { seq: 7 }));
    await page.clock.fastForward(12_000);
    await shows('A007');
    await page.getByText(/^No connection since/).waitFor({ state: 'detached' });
    server.restore();
  });
});
