import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import type { Tokens } from '../../../contract/accounts.ts';
import type { Counter, Queue } from '../../../contract/tickets.ts';
import { useFleet } from '../../support/fleet.ts';
import { openChromium } from '../../support/machine/chromium.ts';
import { busyDay } from '../../tickets/analytics/busy-day.ts';
import { writeLog } from '../../tickets/analytics/written-log.ts';
import { type Complaints, collectComplaints } from '../complaints.ts';
import { PATIENCE_MS } from '../tab.ts';
import { inspect, PHONE } from './inspect.ts';

const DESK = { width: 1100, height: 800 };
const DAY = '2026-03-29';
/** Midnight in Berlin, on the day on which the clocks go forward. */
const MIDNIGHT = Date.parse('2026-03-28T23:00:00Z');

describe('the day of a queue in a browser', function () {
  this.timeout(4 * PATIENCE_MS);
  const fleet = useFleet({ servers: 1, workers: 1, env: { FOYER_EMBEDDED: '1' } });
  let browser: Browser;
  let page: Page;
  let complaints: Complaints;
  let url: string;
  let queue: Queue;

  before(async function () {
    this.timeout(120_000);
    url = fleet.servers[0]?.url ?? '';
    const token = ((await post('/v1/auth/local-staff', {})) as Tokens).accessToken;
    const settings = { slug: 'passports', name: 'Passports', timezone: 'Europe/Berlin' };
    queue = (await post('/v1/queues', settings, token)) as Queue;
    await post('/v1/queues', { slug: 'library', name: 'Library' }, token);
    const counters: string[] = [];
    for (const name of ['Window 1', 'Window 2']) {
      const counter = { name, queueIds: [queue.id], state: 'closed' };
      counters.push(((await post('/v1/counters', counter, token)) as Counter).id);
    }
    const day = busyDay(queue.id, counters as [string, string], MIDNIGHT);
    await writeLog(fleet.services.db, day.log, day.states);
    browser = await openChromium();
    page = await browser.newPage({ viewport: DESK });
    page.setDefaultTimeout(PATIENCE_MS);
    complaints = collectComplaints(page);
  });
  after(async () => {
    await browser?.close();
  });
  afterEach(function () {
    const texts = complaints.texts.splice(0);
    if (this.currentTest?.state !== 'failed')
      expect(texts, 'what the browser complained of').to.deep.equal([]);
  });

  async function post(path: string, body: object, token?: string): Promise<unknown> {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      body: JSON.stringify(body),
    });
    expect(response.ok, path).to.equal(true);
    return response.json();
  }
  const tile = (title: string) => page.locator('.tile', { hasText: title }).locator('strong');

  it('shows the waits, the hours and the counters of a day, in the time of the queue', async () => {
    await page.goto(`${url}/staff/day?queue=${queue.id}&day=${DAY}`);
    await page.getByRole('button', { name: 'Try it without an account' }).click();
    await page.getByRole('heading', { name: 'Waits in minutes' }).waitFor();
    const served = Number(await tile('Served').textContent());
    expect(served).to.be.above(40);
    expect(await page.getByRole('img').count()).to.equal(3);
    await page.getByText('These hours as a table').click();
    const rows = page.locator('details tbody tr');
    const hours = await rows.locator('th').allTextContents();
    // The clocks have gone forward: eight hours after midnight it is nine.
    expect(hours[0]).to.equal('09:00');
    const perHour = await rows.locator('td:nth-child(3)').allTextContents();
    expect(perHour.reduce((sum, text) => sum + Number(text), 0)).to.equal(served);
    const counters = page.getByRole('region', { name: 'Counters' }).locator('tbody tr');
    expect(await counters.count()).to.equal(2);
    await inspect(page, 'staff-day', [DESK, PHONE]);
  });

  it('saves the hours as a table', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).to.equal(`passports-${DAY}.csv`);
    const text = await readFile(await download.path(), 'utf8');
    expect(text).to.match(/^at,counterId,counterName,arrivals/);
    expect(text.split('\r\n').filter((line) => line.includes(',,,')).length).to.be.above(22);
  });

  it('goes to another day and another queue, and says when nothing happened', async () => {
    await page.getByRole('button', { name: 'Day before' }).click();
    await page.getByText('Nothing happened on this day.').waitFor();
    await inspect(page, 'staff-day-empty', [DESK, PHONE]);
    await page.getByRole('button', { name: 'Day after' }).click();
    await page.getByRole('heading', { name: 'Waits in minutes' }).waitFor();
    await page.getByLabel('Queue').selectOption({ label: 'Library' });
    await page.getByText('Nothing happened on this day.').waitFor();
    expect(new URL(page.url()).searchParams.get('day')).to.equal(DAY);
  });
});
