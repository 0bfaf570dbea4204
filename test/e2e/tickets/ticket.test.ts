import { expect } from 'chai';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Counter, Queue } from '../../../contract/tickets.ts';
import { useFleet } from '../../support/fleet.ts';
import { openChromium } from '../../support/machine/chromium.ts';
import { startProxy, type TcpProxy } from '../../support/machine/tcp-proxy.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type Complaints, collectComplaints } from '../complaints.ts';
import { PATIENCE_MS } from '../tab.ts';
import { type FrontDesk, openFrontDesk } from './front-desk.ts';
import { PHONE } from './inspect.ts';

/** A phone that records how it vibrates. */
const VIBRATION = `
  window.vibrated = [];
  Object.defineProperty(navigator, 'vibrate', {
    value: (pattern) => window.vibrated.push(pattern),
  });`;

describe('ticket in a browser, with a real server', function () {
  this.timeout(4 * PATIENCE_MS);
  const fleet = useFleet({ servers: 1, workers: 1 });
  let browser: Browser;
  let context: BrowserContext;
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
    context = await browser.newContext({ viewport: PHONE, hasTouch: true, isMobile: true });
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

  /** A queue with one counter, and a page for the last of `people` tickets. */
  async function waitIn(settings: Partial<Queue>, people: number, isAnswer = /^$/) {
    const queue = await desk.queue({ name: 'Passports', ...settings });
    const [counter] = await desk.counters(queue.id, 'Counter 2');
    const taken = [];
    for (let n = 0; n < people; n += 1)
      taken.push(await desk.http.createTicket({ id: queue.id, notifyAhead: 1 }));
    const mine = taken.at(-1);
    if (!mine || !counter) throw new Error('a ticket and a counter');
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const complaints = collectComplaints(page, (text) => isAnswer.test(text));
    pages.push({ page, complaints });
    const requested: string[] = [];
    page.on('request', (request) => requested.push(request.url().split('#')[0] ?? ''));
    page.on('websocket', (socket) => requested.push(socket.url()));
    await page.addInitScript(VIBRATION);
    await page.goto(`${url}/ticket/${mine.id}#${mine.claimToken}`);
    const heading = (text: string) => page.getByRole('heading', { name: text }).waitFor();
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
    return { page, complaints, requested, mine, taken, counter, heading, press };
  }
  /** Calls the next one and completes it. */
  async function serve({ id }: Counter): Promise<void> {
    const ticket = await desk.http.callNext({ id, start: true });
    if (ticket) await desk.http.completeTicket({ id: ticket.id, version: ticket.version });
  }
  const now = (id: string) => desk.http.readTicket({ id });
  const patience = (what: string) => ({ timeoutMs: PATIENCE_MS, what });

  it('counts down, says that it is near, rings, and is seen', async () => {
    await context.grantPermissions(['notifications'], { origin: url });
    const { page, requested, mine, counter, heading, press } = await waitIn({}, 3);
    await heading('2 people ahead of you');
    await press("Alert me when it's my turn");
    await page.getByText('We ring, and notify you').waitFor();
    await serve(counter);
    await heading('1 person ahead of you');
    await page.getByText("It's almost your turn.").waitFor();
    await serve(counter);
    await heading("You're next");
    const called = await desk.http.callNext({ id: counter.id });
    await heading('Go to Counter 2');
    expect(await page.title()).to.equal('Go to Counter 2 · A003 · Foyer');
    await waitFor(async () => (await now(mine.id)).shown?.ownerAt, patience('that it was seen'));
    expect(await page.evaluate('window.vibrated')).to.have.length(1);
    await waitFor(async () => (await noticesOf(page)).includes('Go to Counter 2'), {
      ...patience('a notification'),
    });
    await desk.http.recallTicket({ id: mine.id, version: called?.version ?? 0 });
    await page.getByText('We are calling you again.').waitFor();
    await waitFor(async () => (await page.evaluate<unknown[]>('window.vibrated')).length === 2);
    const { version } = await now(mine.id);
    const started = await desk.http.startTicket({ id: mine.id, version });
    await heading("You're at Counter 2");
    await desk.http.completeTicket({ id: mine.id, version: started.version });
    await heading('All done');
    expect(requested.filter((address) => address.includes(mine.claimToken))).to.deep.equal([]);
  });

  it('steps away and comes back, where the queue allows it', async () => {
    const { page, mine, heading, press } = await waitIn({ awayMaxSeconds: 600 }, 2);
    await heading('1 person ahead of you');
    await press("I'm here");
    await page.getByRole('button', { name: "I'm here" }).waitFor({ state: 'detached' });
    expect((await now(mine.id)).arrivedAt).to.not.equal(null);
    await press('I need five minutes');
    await heading('Be back by');
    await press("I'm back");
    await heading('1 person ahead of you');
    await page.reload();
    await heading('1 person ahead of you');
  });

  it('lets others go first where it does not, and says why they were first', async () => {
    const { page, taken, heading, press, counter } = await waitIn({}, 1, /409/);
    await heading("You're next");
    await press('I need five minutes');
    await page.getByText('Nobody is behind you, so you keep your place.').waitFor();
    const [mine] = taken;
    for (let n = 0; n < 2; n += 1) await desk.http.createTicket({ id: mine?.queueId ?? '' });
    await press('I need five minutes');
    await page.getByText('You let 2 people go first.').waitFor();
    await heading('2 people ahead of you');
    await serve(counter);
    await heading('1 person ahead of you');
    await page.getByText('Why were they first?').click();
    await page.getByText('A002 was called because you let others go first.').waitFor();
  });

  it('cancels after a question', async () => {
    const { page, mine, heading, press } = await waitIn({}, 1);
    await heading("You're next");
    await press('Cancel my ticket');
    await press('Keep my ticket');
    await press('Cancel my ticket');
    await press('Cancel it');
    await heading('This ticket is cancelled');
    expect((await now(mine.id)).state).to.equal('cancelled');
    await page.goto('about:blank');
    await page.goto(`${url}/ticket/${mine.id}`);
    await heading('This ticket is cancelled');
  });

  it('keeps the place through an outage, and rings for the call that it missed', async () => {
    const { page, complaints, mine, counter, heading } = await waitIn({}, 1);
    await heading("You're next");
    await page.getByText('Passports').click();
    const isBack = complaints.expectCut(url);
    await proxy.cut();
    await page.getByText(/^No connection since/).waitFor();
    await desk.http.callNext({ id: counter.id });
    await proxy.restore();
    await heading('Go to Counter 2');
    await page.getByText(/^No connection since/).waitFor({ state: 'detached' });
    isBack();
    expect(await page.evaluate('window.vibrated')).to.have.length(1);
    await waitFor(async () => (await now(mine.id)).shown?.ownerAt, patience('that it was seen'));
  });

  it('shows nothing for a wrong claim', async () => {
    const { page, mine, heading } = await waitIn({}, 1);
    await heading("You're next");
    await page.goto('about:blank');
    await page.goto(`${url}/ticket/${mine.id}#wrong`);
    await heading("We can't find this ticket");
    expect(await page.locator('main').textContent()).to.not.contain('A001');
  });
});

/** The titles of the notifications that the browser shows for the page. */
const noticesOf = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const registrations = await navigator.serviceWorker.getRegistrations();
    const notices = await Promise.all(registrations.map((each) => each.getNotifications()));
    return notices.flat().map(({ title }) => title);
  });
