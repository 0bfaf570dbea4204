import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import type { Ticket } from '../../../contract/tickets/ticket.ts';
import { openChromium } from '../../support/machine/chromium.ts';
import { waitFor } from '../../support/wait-for.ts';
import { ticket as ticketOf } from '../../tickets/pages/fixtures.ts';
import { type Complaints, collectComplaints } from '../complaints.ts';
import { inspect, PHONE } from './inspect.ts';
import { CLAIM, type PretendedTickets, pretendTickets } from './pretend-tickets.ts';

const DESK = { width: 900, height: 720 };
const SIZES = [PHONE, DESK];
const soon = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

/** Shows every screen of a ticket with a simulated server. */
describe('ticket: every screen in a browser', function () {
  this.timeout(30_000);
  let server: PretendedTickets;
  let browser: Browser;
  let page: Page;
  let complaints: Complaints;
  let version = 1;

  before(async function () {
    this.timeout(120_000);
    server = await pretendTickets();
    browser = await openChromium();
    page = await browser.newPage({ viewport: PHONE });
    page.setDefaultTimeout(8_000);
    complaints = collectComplaints(page);
    show({});
    await page.goto(`${server.url}/ticket/7#${CLAIM}`);
    await screen('waiting');
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });
  afterEach(() => {
    expect(complaints.texts.splice(0), 'what the browser complained of').to.deep.equal([]);
  });

  const screen = (kind: string) => page.locator(`main[data-screen="${kind}"]`).waitFor();
  const heading = (text: string) =>
    page.getByRole('heading', { name: text, exact: true }).waitFor();
  function show(more: Partial<Ticket>): Ticket {
    version += 1;
    const next = ticketOf({ eta: { p50: 340, p90: 700 }, version, ...more });
    server.ticket(next);
    return next;
  }
  const called: Partial<Ticket> = {
    ...{ state: 'called', counterId: '2', counterName: 'Counter 2', calls: 1, position: null },
    ...{ calledAt: soon(0), eta: null },
  };

  const table: [string, Partial<Ticket>, string, string][] = [
    ['waiting', { position: 3 }, 'waiting', '3 people ahead of you'],
    ['next', { position: 0 }, 'waiting', "You're next"],
    ['appointment', { scheduledAt: soon(900) }, 'waiting', '3 people ahead of you'],
    ['called', called, 'called', 'Go to Counter 2'],
    [
      'called-long',
      { ...called, code: 'AB-10042', counterName: 'Photo booth, ground floor left' },
      'called',
      'Go to Photo booth, ground floor left',
    ],
    ['serving', { ...called, state: 'processing' }, 'serving', "You're at Counter 2"],
    ['held', { ...called, state: 'held' }, 'held', 'Please stay nearby'],
    ['done', { ...called, state: 'done' }, 'done', 'All done'],
    ['no-show', { ...called, state: 'no_show' }, 'no-show', "We called you, but you didn't come"],
    ['cancelled', { state: 'cancelled', position: null }, 'cancelled', 'This ticket is cancelled'],
  ];
  for (const [name, state, kind, text] of table)
    it(name, async () => {
      show(state);
      await screen(kind);
      await heading(text);
      await inspect(page, `ticket-${name}`, SIZES);
    });

  it('away', async () => {
    show({ awayUntil: soon(300) });
    await screen('away');
    await page.getByRole('button', { name: "I'm back" }).waitFor();
    await inspect(page, 'ticket-away', SIZES);
  });

  it('near', async () => {
    server.near(show({ position: 2 }));
    await page.getByText("It's almost your turn.").waitFor();
    await inspect(page, 'ticket-near', SIZES);
    show(called);
    await screen('called');
    show({ position: 1 });
    await heading('1 person ahead of you');
    expect(await page.getByText("It's almost your turn.").count()).to.equal(0);
  });

  it('asks before it cancels, and keeps the focus for a keyboard', async () => {
    const cancel = page.getByRole('button', { name: 'Cancel my ticket' });
    await cancel.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Cancel ticket A042? You lose your place.').waitFor();
    await inspect(page, 'ticket-cancel', SIZES);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await waitFor(() => cancel.evaluate((button) => button === document.activeElement), {
      what: 'the focus on the button from before',
    });
  });

  it('says why others were first', async () => {
    const at = soon(0);
    server.overtakes([
      { code: 'A050', reason: 'priority', at },
      { code: 'B007', reason: 'transferred', at },
    ]);
    const question = page.getByText('Why were they first?');
    await question.click();
    await page.getByText('A050 has priority or an earlier appointment.').waitFor();
    await inspect(page, 'ticket-overtakes', SIZES);
    await question.click();
    server.overtakes([]);
    await question.click();
    await page.getByText('Everyone who was called came before you.').waitFor();
    await question.click();
  });

  it('a lost connection, and a call that came meanwhile', async () => {
    const isBack = complaints.expectCut(server.url);
    server.cut();
    await page.getByText(/^No connection since/).waitFor();
    await inspect(page, 'ticket-offline', SIZES);
    show({ ...called, calledAt: soon(1) });
    server.restore();
    await screen('called');
    await page.getByText(/^No connection since/).waitFor({ state: 'detached' });
    isBack();
  });

  it('reports a call as seen in each version that it paints, and nothing else', async () => {
    show({});
    await screen('waiting');
    server.reports.splice(0);
    const first = show(called);
    await waitFor(() => server.reports.length === 1, { what: 'a report of the call' });
    const again = show({ ...called, calls: 2, calledAt: soon(2) });
    await waitFor(() => server.reports.length === 2, { what: 'a report of the recall' });
    await page.getByText('We are calling you again.').waitFor();
    const seen = (one: Ticket) => ({
      event: 'ticket:seen',
      payload: { ticketId: '7', version: one.version },
    });
    expect(server.reports).to.deep.equal([seen(first), seen(again)]);
  });

  it('reads the ticket again when the phone comes out of a pocket', async () => {
    show({ position: 8 });
    await heading('8 people ahead of you');
    version += 1;
    server.ticket(ticketOf({ version, position: 4 }), true);
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await heading('4 people ahead of you');
  });

  it('keeps the claim for a visit without it', async () => {
    show({});
    await page.goto(`${server.url}/ticket/7`);
    await screen('waiting');
  });

  for (const [name, path, kind] of [
    ['wrong-claim', '/ticket/7#wrong', 'unknown'],
    ['no-claim', '/ticket/8', 'no-claim'],
    ['no-ticket', '/ticket/seven', 'address'],
  ] as const)
    it(name, async () => {
      await page.goto('about:blank');
      await page.goto(`${server.url}${path}`);
      await screen(kind);
      await inspect(page, `ticket-${name}`, SIZES);
    });

  it('no longer has a claim that was worth nothing', async () => {
    await page.goto('about:blank');
    await page.goto(`${server.url}/ticket/7`);
    await screen('no-claim');
  });
});
