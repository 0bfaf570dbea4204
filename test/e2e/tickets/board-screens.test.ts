import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import type { Board } from '../../../contract/tickets/boards.ts';
import { openChromium } from '../../support/machine/chromium.ts';
import { waitFor } from '../../support/wait-for.ts';
import { board, called } from '../../tickets/pages/fixtures.ts';
import { type Complaints, collectComplaints } from '../complaints.ts';
import { inspect, PHONE, picture, WALL } from './inspect.ts';
import { type PretendedTickets, pretendTickets } from './pretend-tickets.ts';

const now = Date.now();
/** Called `seconds` ago. */
const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString();
const call = (code: string, counter: string, seconds: number) => ({
  ...{ code, counter, calledAt: ago(seconds) },
});
const passports = (lastCalled: Board['lastCalled'], more: Partial<Board> = {}): Board => ({
  ...board('1', lastCalled, { wait: { p50: 340, p90: 700 }, waiting: 12, ...more }),
  queue: { id: '1', name: 'Passports and identity cards', state: 'open' },
});
const EARLIER = [
  call('A041', 'Counter 1', 95),
  call('A040', 'Counter 3', 180),
  call('A039', 'Counter 2', 240),
  call('A038', 'Photo booth, ground floor', 300),
  call('A037', 'Counter 1', 410),
];

/** Shows every screen of a display with a simulated server. */
describe('board: every screen in a browser', function () {
  this.timeout(30_000);
  let server: PretendedTickets;
  let browser: Browser;
  let page: Page;
  let complaints: Complaints;

  before(async function () {
    this.timeout(120_000);
    server = await pretendTickets();
    browser = await openChromium();
    page = await browser.newPage({ viewport: WALL });
    page.setDefaultTimeout(8_000);
    complaints = collectComplaints(page);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });
  afterEach(() => {
    expect(complaints.texts.splice(0), 'what the browser complained of').to.deep.equal([]);
  });

  const open = async (path: string, kind = 'board') => {
    await page.goto(`${server.url}${path}`);
    await page.locator(`main[data-screen="${kind}"]`).waitFor();
  };
  const large = () => page.locator('.last b').allTextContents();
  const shows = (code: string) => page.locator('.last b', { hasText: code }).waitFor();

  it('nobody called yet', async () => {
    server.board(passports([], { waiting: 0, wait: null }));
    await open('/board/1');
    await page.getByText('Nobody has been called yet.').waitFor();
    await inspect(page, 'board-empty', [WALL, PHONE]);
  });

  it('one call, and the earlier ones', async () => {
    server.board(passports([call('A042', 'Counter 2', 5), ...EARLIER], { seq: 9 }));
    await shows('A042');
    expect(await page.locator('.earlier b').allTextContents()).to.deep.equal(
      EARLIER.map(({ code }) => code),
    );
    expect(await page.getByRole('status').textContent()).to.equal('A042, go to Counter 2.');
    await inspect(page, 'board', [WALL, PHONE]);
    await picture(page, 'board-telephone', PHONE);
    await fits();
  });

  for (const count of [2, 3, 4, 6, 9])
    it(`${count} calls of the same second`, async () => {
      const calls = Array.from({ length: count }, (_, n) =>
        call(`A0${50 + count * 3 + n}`, `Counter ${n + 1}`, 2),
      );
      server.board(passports([...calls, ...EARLIER].slice(0, 10), { seq: 20 + count }));
      await waitFor(async () => (await large()).length === count, { what: `${count} codes` });
      await inspect(page, `board-${count}`, [WALL, PHONE]);
      await fits();
    });

  it('several queues: one is paused, one is closed, one does not exist', async () => {
    const opensAt = new Date(now + 86_400_000).toISOString();
    server.board(passports([call('A060', 'Counter 2', 3), ...EARLIER], { seq: 60 }));
    server.board({
      ...board('2', [call('B-1007', 'Room 5, first floor left', 2)], { waiting: 1, opensAt }),
      queue: { id: '2', name: 'Driving licences', state: 'open' },
    });
    server.board({
      ...board('3', [], { waiting: 340, wait: { p50: 3_000, p90: 5_400 } }),
      queue: { id: '3', name: 'Registration', state: 'paused' },
    });
    await open('/board/1,2,3,404?theme=dark');
    await page.getByText('This queue does not exist: 404.').waitFor();
    expect(await large()).to.deep.equal(['B-1007', 'A060']);
    expect(await page.locator('.queues li').allTextContents()).to.deep.equal([
      'Passports and identity cards12 waitingEstimated wait about 6–12 min',
      `Driving licences1 waitingClosed · opens tomorrow at ${clockOf(opensAt)}`,
      'Registration340 waitingEstimated wait about 50 min – 1 h 30 minNo new tickets at the moment',
    ]);
    await inspect(page, 'board-queues', [WALL, PHONE]);
  });

  it('twenty queues', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => String(n + 20));
    for (const id of ids)
      server.board(board(id, [called(1, { code: `Q${id}` })], { wait: { p50: 60, p90: 300 } }));
    await open(`/board/${ids.join(',')}`);
    await waitFor(async () => (await page.locator('.queues li').count()) === 20);
    await inspect(page, 'board-twenty', [WALL, PHONE]);
    await fits();
  });

  it('sound waits for a gesture', async () => {
    complaints.texts.splice(0);
    await open('/board/1?sound=chime');
    const button = page.getByRole('button', { name: 'Tap for sound' });
    await button.waitFor();
    await inspect(page, 'board-sound', [WALL, PHONE]);
    await button.click();
    await button.waitFor({ state: 'detached' });
  });

  it('a lost connection, with the time since when', async () => {
    await open('/board/1');
    await shows('A060');
    const isBack = complaints.expectCut(server.url);
    server.cut();
    await page.getByText(/^No connection since \d\d:\d\d/).waitFor();
    await inspect(page, 'board-offline', [WALL, PHONE]);
    server.board(passports([call('A061', 'Counter 4', 0), ...EARLIER], { seq: 70 }));
    server.restore();
    await shows('A061');
    await page.locator('.notice').waitFor({ state: 'detached' });
    isBack();
  });

  for (const [path, kind] of [
    ['/board/passports', 'address'],
    ['/board/404', 'missing'],
  ] as const)
    it(`${path}: ${kind}`, async () => {
      await open(path, kind);
      await inspect(page, `board-${kind}`, [WALL, PHONE]);
    });

  it('reports each call once, when it is painted', async () => {
    server.board(passports([call('A042', 'Counter 2', 5)], { seq: 100 }));
    server.reports.splice(0);
    await open('/board/1');
    const reported = (seq: number) => ({ event: 'board:shown', payload: { queueId: '1', seq } });
    await waitFor(() => server.reports.length === 1, { what: 'a report of the first board' });
    // Somebody joins: nothing that must be reported again.
    server.board(passports([call('A042', 'Counter 2', 5)], { seq: 101, waiting: 99 }));
    await page.getByText('99').waitFor();
    server.board(passports([call('A043', 'Counter 1', 0)], { seq: 102 }));
    await waitFor(() => server.reports.length === 2, { what: 'a report of the call' });
    expect(server.reports).to.deep.equal([reported(100), reported(102)]);
  });

  it('may stand in a frame of another site', async () => {
    const lobby = createServer((_req, res) => {
      res.setHeader('content-type', 'text/html');
      res.end(`<link rel="icon" href="data:,"><iframe src="${server.url}/board/1"></iframe>`);
    }).listen(0, '127.0.0.1');
    await once(lobby, 'listening');
    await page.goto(`http://127.0.0.1:${(lobby.address() as AddressInfo).port}`);
    await page.frameLocator('iframe').locator('.last b').first().waitFor();
    await page.goto('about:blank');
    lobby.closeAllConnections();
    lobby.close();
  });

  it('reports nothing while nobody can see it', async () => {
    await page.goto('about:blank');
    const hidden = await browser.newPage({ viewport: WALL });
    await hidden.addInitScript(`
      window.seen = 'hidden';
      Object.defineProperty(document, 'visibilityState', { get: () => window.seen });`);
    server.reports.splice(0);
    server.board(passports([call('A044', 'Counter 2', 5)], { seq: 110 }));
    await hidden.goto(`${server.url}/board/1`);
    await hidden.locator('.last b', { hasText: 'A044' }).waitFor();
    server.board(passports([call('A045', 'Counter 2', 0)], { seq: 111 }));
    await hidden.locator('.last b', { hasText: 'A045' }).waitFor();
    // Two frames later a visible page would have reported both.
    await hidden.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))',
    );
    await hidden.evaluate(
      "window.seen = 'visible'; document.dispatchEvent(new Event('visibilitychange'))",
    );
    await waitFor(() => server.reports.length > 0, { what: 'a report' });
    expect(server.reports).to.deep.equal([
      { event: 'board:shown', payload: { queueId: '1', seq: 111 } },
    ]);
    await hidden.close();
  });

  /** A wall has nobody who scrolls. */
  async function fits(): Promise<void> {
    await page.setViewportSize(WALL);
    const cut = await page.evaluate((inner) => {
      return [...document.querySelectorAll(inner)]
        .filter((one) => {
          const outer = one.parentElement?.getBoundingClientRect();
          const { top, bottom, left, right } = one.getBoundingClientRect();
          if (!outer) return false;
          const isIn = top >= outer.top - 1 && bottom <= outer.bottom + 1;
          return !(isIn && left >= outer.left - 1 && right <= outer.right + 1);
        })
        .map(({ className, tagName, textContent }) => `${tagName} ${className} ${textContent}`);
    }, 'main, main > *, .last li, .last li > *, .earlier > *, .earlier li, .queues li > *');
    expect(cut, 'does not fit on the wall').to.deep.equal([]);
  }
});

const clockOf = (at: string) =>
  new Intl.DateTimeFormat('en-US', { hour: '2-digit', minute: '2-digit' }).format(Date.parse(at));
