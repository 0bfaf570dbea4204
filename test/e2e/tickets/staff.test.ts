import { expect } from 'chai';
import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import type { Tokens } from '../../../contract/accounts.ts';
import type { Counter, Queue, Ticket } from '../../../contract/tickets.ts';
import { useFleet } from '../../support/fleet.ts';
import { openChromium } from '../../support/machine/chromium.ts';
import { startProxy, type TcpProxy } from '../../support/machine/tcp-proxy.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type Complaints, collectComplaints } from '../complaints.ts';
import { PATIENCE_MS } from '../tab.ts';
import { inspect, PHONE, picture } from './inspect.ts';

const DESK = { width: 1100, height: 800 };
const SIZES = [DESK, PHONE];

/** One member of staff at a real server, from the first visit on. Each test goes on where the one before it ended. */
describe('staff in a browser', function () {
  this.timeout(4 * PATIENCE_MS);
  const fleet = useFleet({ servers: 1, workers: 1, env: { FOYER_EMBEDDED: '1' } });
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let complaints: Complaints;
  let proxy: TcpProxy;
  let url: string;

  before(async function () {
    this.timeout(120_000);
    const { port } = new URL(fleet.servers[0]?.url ?? '');
    proxy = await startProxy({ host: '127.0.0.1', port: Number(port) });
    url = `http://127.0.0.1:${proxy.port}`;
    browser = await openChromium();
    context = await browser.newContext({ viewport: DESK });
    context.setDefaultTimeout(PATIENCE_MS);
    page = await context.newPage();
    // What the server refuses is shown by the page, and the browser reports it too.
    complaints = collectComplaints(page, (text) => /status of 40[1349]/.test(text));
    await page.goto(`${url}/staff`);
  });
  after(async () => {
    await browser?.close();
    await proxy?.close();
  });
  afterEach(function () {
    const texts = complaints.texts.splice(0);
    if (this.currentTest?.state !== 'failed')
      expect(texts, 'what the browser complained of').to.deep.equal([]);
  });

  const screen = (name: string) => page.locator(`main[data-screen="${name}"]`).waitFor();
  const press = (name: string | RegExp) => page.getByRole('button', { name }).click();
  const key = (name: string) => page.keyboard.press(name);
  const region = (name: string) => page.getByRole('region', { name });
  const shows = (where: string, text: string | RegExp) =>
    region(where).getByText(text).first().waitFor();
  const rows = () =>
    region('Waiting')
      .locator('li strong')
      .allTextContents()
      .then((codes) => codes.join(' '));
  /** Each line of the waiting list, once it is this. */
  const waiting = (codes: string) =>
    page.waitForFunction(
      (wanted) =>
        [...document.querySelectorAll('.waiting li strong')]
          .map(({ textContent }) => textContent)
          .join(' ') === wanted,
      codes,
    );
  const dialog = () => page.getByRole('dialog');

  /** Another member of staff, at the server itself. */
  async function elsewhere(method: string, path: string, body?: object): Promise<unknown> {
    const server = fleet.servers[0]?.url ?? '';
    const headers = { 'content-type': 'application/json' };
    const post = { method: 'POST', headers, body: '{}' };
    const tokens = (await (await fetch(`${server}/v1/auth/local-staff`, post)).json()) as Tokens;
    const response = await fetch(server + path, {
      method,
      headers: { ...headers, authorization: `Bearer ${tokens.accessToken}` },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    expect(response.ok, `${method} ${path}: ${text}`).to.equal(true);
    return JSON.parse(text);
  }
  const take = (customerName?: string) =>
    elsewhere('POST', '/v1/queues/1/tickets', customerName ? { customerName } : {});

  it('leads from nothing to an open counter: in, one name, one click', async () => {
    await screen('sign-in');
    await inspect(page, 'staff-sign-in', SIZES);
    await press('Try it without an account');
    await screen('first-queue');
    await inspect(page, 'staff-first-queue', SIZES);
    await press('Create queue');
    await page.getByText('Enter a name.').waitFor();
    await page.getByLabel('Name of the queue').fill('Bürgerbüro');
    await press('Create queue');
    await screen('counters');
    await page.getByText('A001').waitFor();
    await inspect(page, 'staff-first-counter', SIZES);
    await press('Open Counter 1');
    await screen('console');
    await shows('My ticket', 'Nobody is waiting');
    await inspect(page, 'staff-console-empty', SIZES);
  });

  it('takes tickets for people, with a code, a QR code and the link of its page', async () => {
    await key('a');
    await dialog().getByLabel('Name (optional)').fill('Ada Lovelace');
    await inspect(page, 'staff-new-ticket', SIZES);
    await key('Enter');
    await dialog().getByRole('heading', { name: 'Ticket A001' }).waitFor();
    await dialog().getByRole('img', { name: 'QR code of the page of A001' }).waitFor();
    expect(
      await dialog().getByRole('link', { name: 'the page of the ticket' }).getAttribute('href'),
    ).to.match(new RegExp(`^${url}/ticket/1#[\\w-]+$`));
    await inspect(page, 'staff-new-ticket-made', SIZES);
    await dialog().getByRole('button', { name: 'Another ticket' }).click();
    await dialog().getByLabel('Priority').selectOption('2');
    await key('Tab');
    await dialog().getByRole('button', { name: 'Create ticket' }).click();
    await dialog().getByRole('heading', { name: 'Ticket A002' }).waitFor();
    await key('Escape');
    await waiting('A002 A001');
    await shows('Waiting', 'Ada Lovelace');
    await shows('Waiting', 'priority 2');
  });

  it('shows who comes at once, and calls, serves and finishes by keys alone', async () => {
    await take('Grace Hopper');
    await waiting('A002 A001 A003');
    await key('n');
    await shows('My ticket', 'A002');
    await waiting('A001 A003');
    await key('r');
    await shows('My ticket', /called 2 times/);
    await inspect(page, 'staff-console', SIZES);
    await picture(page, 'staff-console-telephone', PHONE);
    await page.setViewportSize(DESK);
    await key('s');
    await shows('My ticket', /Being served/);
    await key('c');
    await shows('My ticket', 'A002: completed.');
    await inspect(page, 'staff-console-undo', SIZES);
  });

  it('undoes the last finish: the ticket is back at the counter', async () => {
    await key('u');
    await shows('My ticket', /Being served/);
    expect(await rows()).to.equal('A001 A003');
  });

  it('holds, resumes, puts back and cancels', async () => {
    await key('h');
    await shows('On hold', 'A002');
    await inspect(page, 'staff-console-held', SIZES);
    await page.getByRole('button', { name: 'Resume A002' }).click();
    await shows('My ticket', /Being served/);
    await key('b');
    await dialog().getByLabel('Last').check();
    await inspect(page, 'staff-put-back', SIZES);
    await key('Enter');
    await waiting('A001 A003 A002');
    await page.getByRole('button', { name: 'More for A003' }).click();
    await page.getByRole('button', { name: 'Cancel ticket A003' }).click();
    await dialog().getByLabel('Reason').fill('went home');
    await key('Enter');
    await waiting('A001 A002');
    await shows('My ticket', 'A003: cancelled.');
    await key('u');
    await waiting('A001 A003 A002');
  });

  it('warns when nobody has shown a call, and when nobody came it is over', async () => {
    await page.getByRole('button', { name: 'Call A003 now' }).click();
    await shows('My ticket', 'A003');
    await page.getByText('No display and no phone has shown this call yet.').waitFor();
    await inspect(page, 'staff-console-unseen', SIZES);
    await key('x');
    await shows('My ticket', "A003: didn't come.");
  });

  it('shows what changed elsewhere instead of doing something to another state', async () => {
    await key('n');
    await shows('My ticket', 'A001');
    await shows('My ticket', /Called/);
    const [{ id, version }] = (
      (await elsewhere('GET', '/v1/queues/1/tickets?state=called')) as { items: [Ticket] }
    ).items;
    const before = async (route: Route) => {
      await elsewhere('POST', `/v1/tickets/${id}/return`, { version, place: 'last' });
      await route.continue();
    };
    await page.route('**/v1/tickets/*/start', before, { times: 1 });
    await key('s');
    await page.getByRole('alert').getByText('A001 has changed: waiting.').waitFor();
    await waiting('A002 A001');
  });

  it('transfers to another queue', async () => {
    await elsewhere('POST', '/v1/queues', { slug: 'passports', name: 'Passports' });
    await page.reload();
    await screen('console');
    await key('n');
    await shows('My ticket', 'A002');
    await key('t');
    await dialog().getByLabel('Passports').check();
    await key('Enter');
    await shows('My ticket', /waiting/);
    await waiting('A001');
  });

  it('goes on after an outage, with what happened meanwhile', async () => {
    const isBack = complaints.expectCut(url);
    await proxy.cut();
    await page.locator('.notice', { hasText: 'lost the connection' }).waitFor();
    await inspect(page, 'staff-console-offline', SIZES);
    await take();
    await proxy.restore();
    await page
      .locator('.notice', { hasText: 'lost the connection' })
      .waitFor({ state: 'detached' });
    isBack();
    await waiting('A001 A004');
  });

  it('says that its counter was paused, when the outage was longer than the lease', async () => {
    const { version } = (await elsewhere('GET', '/v1/queues/1')) as Queue;
    await elsewhere('PATCH', '/v1/queues/1', { version, leaseSeconds: 5 });
    const untilCounter = (what: string, holds: (counter: Counter) => boolean) =>
      waitFor(
        async () => {
          const { items } = (await elsewhere('GET', '/v1/counters')) as { items: [Counter] };
          return holds(items[0]);
        },
        { what, timeoutMs: PATIENCE_MS },
      );
    await untilCounter('the short lease', ({ leaseUntil }) =>
      leaseUntil ? Date.parse(leaseUntil) < Date.now() + 6_000 : false,
    );
    const isBack = complaints.expectCut(url);
    await proxy.cut();
    await untilCounter('the end of the lease', ({ state }) => state === 'paused');
    await proxy.restore();
    await page.locator('.notice', { hasText: 'This counter lost its connection' }).waitFor();
    isBack();
    await inspect(page, 'staff-console-lost', SIZES);
    await key('p');
    await page.locator('.notice').waitFor({ state: 'detached' });
    await shows('Counter', 'Open');
  });

  it('pauses with a reason, opens again, and closes', async () => {
    await key('p');
    await dialog().getByLabel('Reason').fill('Lunch');
    await key('Enter');
    await shows('Counter', 'Paused: Lunch');
    await shows('My ticket', 'Open your counter to call people.');
    await inspect(page, 'staff-console-paused', SIZES);
    await key('p');
    await shows('Counter', 'Open');
    await press('Settings');
    await dialog().getByLabel('Passports').check();
    await inspect(page, 'staff-settings', SIZES);
    await dialog()
      .getByLabel(/^Tell me when somebody waits/)
      .check();
    await page.waitForFunction(() => document.title === '2 people are waiting');
    await press('Save the queues');
    await shows('Counter', 'Bürgerbüro, Passports');
    await waiting('A001 A004 A002');
    await page.waitForFunction(() => document.title === '3 people are waiting');
    await press('Close counter');
    await screen('counters');
    await inspect(page, 'staff-counters', SIZES);
  });
});
