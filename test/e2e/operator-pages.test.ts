import { mkdirSync } from 'node:fs';
import { expect } from 'chai';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { openQueues } from '../../jobs/queues.ts';
import { schedulesFor } from '../../jobs/schedules.ts';
import { seedHour } from '../dashboards/history.ts';
import { seedDeliveries, seedSubscription } from '../dashboards/webhook-history.ts';
import { type Member, useFleet } from '../support/fleet.ts';
import { openChromium } from '../support/machine/chromium.ts';
import { connect, type Person, pair } from '../support/person.ts';
import { waitFor } from '../support/wait-for.ts';

const PASSWORD = 'a-password-of-the-tests';
const PICTURES = 'docs/screenshots';

/** Uses a real browser and real processes. With FOYER_SCREENSHOTS=1 it also takes the screenshots of the docs. */
describe('operator pages in a browser', function () {
  this.timeout(60_000);
  const fleet = useFleet({ servers: 1, workers: 1, env: { ADMIN_PASSWORD: PASSWORD } });
  const people: Person[] = [];
  const complaints: string[] = [];
  const asked = new Set<string>();
  let admin: Member;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  before(async function () {
    this.timeout(120_000);
    await seedHour(fleet.services.db);
    admin = await fleet.start('admin');
    browser = await openChromium();
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    context.setDefaultTimeout(10_000);
    page = await context.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => asked.add(new URL(request.url()).host));
    page.on('requestfailed', (request) => {
      // The next navigation of a test aborts what the page before it was still loading.
      if (request.failure()?.errorText === 'net::ERR_ABORTED') return;
      complaints.push(`failed: ${request.url()}`);
    });
  });
  after(async () => {
    for (const person of people) person.close();
    await browser?.close();
  });
  afterEach(() => {
    expect(complaints.splice(0), 'what the browser complained of').to.deep.equal([]);
    const elsewhere = [...asked].filter((host) => host !== new URL(admin.url).host);
    expect(elsewhere, 'other hosts').to.deep.equal([]);
  });

  const tile = async (title: string) =>
    (await page.locator('.tile', { hasText: title }).first().locator('strong').textContent()) ?? '';
  const meet = async (pool?: string) => {
    const { url } = fleet.servers[0] as Member;
    const { ana, bob, session } = await pair(url, url, pool);
    people.push(ana, bob);
    return { ana, bob, session };
  };

  it('requires a sign-in and then shows the requested page', async () => {
    await page.goto(`${admin.url}/admin`);
    expect(new URL(page.url()).pathname).to.equal('/admin/login');
    await page.getByLabel('Username').fill('admin');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(`${admin.url}/admin`);
    await waitFor(async () => (await tile('Waiting')) === '0');
  });

  it('updates live while people wait, match and talk', async () => {
    const { url } = fleet.servers[0] as Member;
    const lonely = await connect(url);
    people.push(lonely);
    await lonely.join(['sw'], ['zu'], 'quiet');
    await waitFor(async () => (await tile('Waiting')) === '1', { timeoutMs: 6_000 });
    await page.locator('[data-part="pools"]', { hasText: 'quiet' }).waitFor();
    for (let at = 0; at < 6; at += 1) {
      const { ana, bob, session } = await meet();
      if (at < 4) {
        await ana.ask('session:connected', { sessionId: session.id });
        await bob.ask('session:connected', { sessionId: session.id });
      }
      if (at < 3) await ana.ask('session:leave', { sessionId: session.id });
    }
    await waitFor(async () => (await tile('Live sessions')) === '3', { timeoutMs: 6_000 });
    expect(await tile('Matches per minute')).to.equal('1.2');
    expect(await tile('Connected')).to.equal('13');
    await waitFor(async () => /^\d/.test(await tile('Wait, median')), { timeoutMs: 15_000 });
    await page.locator('[data-part="ended"]', { hasText: 'left' }).waitFor();
  });

  it('draws the last hour', async () => {
    const names = await page
      .locator('.chart')
      .evaluateAll((charts) => charts.map((chart) => chart.getAttribute('aria-label')));
    expect(names.map((name) => name?.split(':')[0])).to.deep.equal([
      'Matches per minute',
      'People waiting',
      'Wait, p95 in seconds',
    ]);
    expect(await barsIn(page.locator('.chart').first())).to.be.at.least(40);
  });

  it('shows the value of the minute under the pointer, in every chart', async () => {
    await page.locator('.chart .u-over').first().hover();
    const readings = await page.locator('.reading').allTextContents();
    const minute = readings[0]?.split(': ')[0] ?? '';
    expect(minute).to.match(/^\d\d:\d\d$/);
    for (const reading of readings)
      expect(reading).to.match(new RegExp(`^${minute}: (none|[\\d.]+)$`));
    await page.getByRole('heading', { name: 'Overview' }).hover();
    expect(await page.locator('.reading').allTextContents()).to.deep.equal(['', '', '']);
  });

  it('shows every sweep with its last run', async () => {
    await waitFor(async () => (await page.locator('[data-part="sweeps"] .mark').count()) === 0, {
      timeoutMs: 20_000,
      what: 'a run of every sweep',
    });
    const rows = page.locator('[data-part="sweeps"] tbody tr');
    expect(await rows.count()).to.equal(schedulesFor(fleet.services.config()).length);
    expect(await rows.filter({ hasText: 'matchmaking.match-sweep' }).textContent()).to.contain(
      'ago',
    );
  });

  it('shows webhook subscriptions and their latest deliveries', async () => {
    const { db } = fleet.services;
    const active = await seedSubscription(db, {
      url: 'https://crm.example.org/foyer?token=in-the-query',
    });
    const gone = { state: 'disabled' as const, disabledReason: 'gone' };
    await seedSubscription(db, { url: 'https://old.example.org/', ...gone });
    await seedDeliveries(db, active, [
      { state: 'delivered', ageSeconds: 300, status: 204 },
      { state: 'dead', ageSeconds: 200, attempts: 10, status: 500, error: 'status 500' },
      { state: 'pending', ageSeconds: 90, attempts: 2, error: 'no answer within 10 s' },
    ]);
    const subscriptions = page.locator('[data-part="webhook-subscriptions"]');
    await subscriptions.getByText('disabled: gone').waitFor();
    await subscriptions.getByText(/no answer within 10 s, \d+ s ago/).waitFor();
    const deliveries = page.locator('[data-part="webhook-deliveries"] tbody tr');
    expect(await deliveries.count()).to.equal(3);
    expect(await deliveries.first().textContent()).to.contain('https://crm.example.org/foyer');
    expect(await tile('Webhooks pending')).to.equal('1');
    await page.getByText('https://old.example.org/ is disabled: its receiver').waitFor();
    expect(await page.content()).not.to.contain('in-the-query');
  });

  it('finds a failed job, shows it redacted, and retries it', async () => {
    const queues = openQueues(fleet.redis as never, fleet.services.log);
    const bad = { payload: { pool: 7, email: 'ana@example.org' }, requestId: 'traced-request' };
    await queues.matchmaking.add('matchmaking.match-pass', bad, { attempts: 1 });
    await waitFor(async () => (await queues.matchmaking.getFailedCount()) === 1);
    await Promise.all(Object.values(queues).map((queue) => queue.close()));
    await page.getByRole('link', { name: '1 failed job' }).click();
    await page.getByLabel('Search by').fill('traced-req');
    await page.getByRole('button', { name: 'Search' }).click();
    await picture('failed-jobs');
    await page.getByRole('link', { name: 'matchmaking.match-pass' }).click();
    const text = (await page.locator('main').textContent()) ?? '';
    expect(text).to.contain('invalid payload for matchmaking.match-pass');
    expect(text).to.contain('traced-request').and.not.contain('ana@example.org');
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByRole('status').filter({ hasText: 'added to its queue' }).waitFor();
  });

  it('finds a session by its id and shows it from the join to its end', async () => {
    const { ana, bob, session } = await meet('found');
    for (const person of [ana, bob])
      await person.ask('session:connected', { sessionId: session.id });
    await ana.ask('session:leave', { sessionId: session.id, reason: 'tired' });
    await page.goto(`${admin.url}/admin`);
    await page.locator('[data-part="newest-sessions"]', { hasText: session.id }).waitFor();
    const field = page.getByLabel('Session id');
    await field.fill(session.id.slice(0, 8));
    // The overview is drawn again meanwhile, and leaves alone what is typed.
    await page.waitForResponse('**/admin/api/overview');
    await page.waitForResponse('**/admin/api/overview');
    expect(await field.inputValue()).to.equal(session.id.slice(0, 8));
    await field.fill(session.id);
    await page.getByRole('button', { name: 'Show session' }).click();
    await page.waitForURL(`${admin.url}/admin/matchmaking/sessions/${session.id}`);
    await page.getByRole('cell', { name: 'Both are connected' }).waitFor();
    await page.getByRole('cell', { name: 'left: tired' }).waitFor();
    await picture('session');
    await page.getByRole('link', { name: 'Sessions' }).click();
    await page.getByRole('link', { name: session.id }).waitFor();
  });

  it('opens the queues without external resources', async () => {
    await page.goto(`${admin.url}/admin/queues`);
    await page.getByText('matchmaking', { exact: false }).first().waitFor();
    await page.waitForLoadState('networkidle');
    await picture('queues');
    await page.goto(`${admin.url}/admin/queues/queue/maintenance`);
    await page.getByText('matchmaking.match-sweep').first().waitFor();
    await page.goto(`${admin.url}/admin/audit`);
    await page.getByText('admin.login').first().waitFor();
  });

  it('is accessible in dark mode and on a phone', async () => {
    await page.goto(`${admin.url}/admin`);
    await page.locator('.chart').first().waitFor();
    await picture('overview');
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture('overview-dark');
    const isWidened = await page.locator('main').evaluate((main) => {
      main.style.width = '20rem';
      const { scrollWidth, clientWidth } = main; // measured before the charts are drawn again
      main.style.width = '';
      return scrollWidth > clientWidth;
    });
    expect(isWidened, 'a chart that is not drawn again yet widens the page').to.equal(false);
    await page.setViewportSize({ width: 390, height: 844 });
    const { scroll, width } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      width: window.innerWidth,
    }));
    expect(scroll, 'nothing is wider than the screen').to.be.at.most(width);
    await picture('overview-telephone');
  });

  it('signs out with one click', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${admin.url}/admin/login`);
    expect(await context.cookies()).to.deep.equal([]);
  });

  async function picture(name: string): Promise<void> {
    if (process.env['FOYER_SCREENSHOTS'] !== '1') return;
    mkdirSync(PICTURES, { recursive: true });
    await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: name === 'overview' });
  }
});

/** The bars of a chart, counted on its canvas two pixels above the base line. */
const barsIn = (chart: Locator): Promise<number> =>
  chart.evaluate((element) => {
    const canvas = element.querySelector('canvas') as HTMLCanvasElement;
    const plot = element.querySelector('.u-over') as HTMLElement;
    const row = Math.round((plot.offsetTop + plot.offsetHeight - 2) * devicePixelRatio);
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    const { data } = context.getImageData(0, row, canvas.width, 1);
    const isInked = Array.from({ length: canvas.width }, (_, x) => (data[x * 4 + 3] ?? 0) > 128);
    return isInked.filter((inked, x) => inked && !isInked[x - 1]).length;
  });
