import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { useFleet } from '../../support/fleet.ts';
import { openChromium } from '../../support/machine/chromium.ts';
import { type Complaints, collectComplaints } from '../complaints.ts';
import { PATIENCE_MS } from '../tab.ts';
import { inspect, PHONE, picture } from './inspect.ts';

const DESK = { width: 1100, height: 800 };
const SIZES = [DESK, PHONE];

/** A newcomer on the computer that runs Foyer, and one on a computer that does not. */
describe('play/tickets in a browser', function () {
  this.timeout(4 * PATIENCE_MS);
  const fleet = useFleet({ servers: 1, workers: 1, env: { FOYER_EMBEDDED: '1' } });
  let browser: Browser;
  let page: Page;
  let complaints: Complaints;

  before(async function () {
    this.timeout(120_000);
    browser = await openChromium();
  });
  after(() => browser?.close());
  afterEach(async () => {
    expect(complaints.texts.splice(0), 'what the browser complained of').to.deep.equal([]);
    await page.close();
  });

  async function open(url = fleet.servers[0]?.url ?? ''): Promise<void> {
    page = await browser.newPage({ viewport: DESK });
    page.setDefaultTimeout(PATIENCE_MS);
    complaints = collectComplaints(page, (text) => /status of 40[34]/.test(text));
    await page.goto(`${url}/play/tickets`);
  }
  const screen = (name: string) => page.locator(`main[data-screen="${name}"]`).waitFor();
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const pane = (name: string) => page.getByRole('region', { name });
  const shows = (where: string, text: string | RegExp) =>
    pane(where).getByText(text).first().waitFor();

  it('leads from a ticket over its call to its end, and shows it on the phone and the display', async () => {
    await open();
    await screen('intro');
    await inspect(page, 'play-tickets-intro', SIZES);
    await press('Start');
    await screen('demo');
    await shows('On the display', 'Nobody has been called yet.');
    await inspect(page, 'play-tickets-start', SIZES);
    await press('Take a ticket');
    await shows('On a phone', 'A001');
    await shows('On a phone', "You're next.");
    await shows('At the counter', '1 person is waiting.');
    await press('Take another ticket');
    await shows('On a phone', '1 person in front of you.');
    await press('Call next');
    await shows('On the display', 'A001');
    await shows('On a phone', "You're next.");
    await press('Start');
    await press('Complete');
    await press('Call next');
    await shows('On a phone', 'Please go to Demo counter.');
    await shows('On the display', 'A002');
    await page.getByText('It is on the phone and on the display.').waitFor();
    await inspect(page, 'play-tickets', SIZES);
    await picture(page, 'play-tickets-telephone', PHONE);
    await page.setViewportSize(DESK);
    await press('Start');
    await press('Complete');
    await shows('On a phone', 'Done. Thank you for your visit.');
  });

  it('goes on with the same queue and counter at the next visit', async () => {
    await open();
    await press('Start');
    await screen('demo');
    await shows('On the display', 'A002');
    await press('Take a ticket');
    await shows('On a phone', 'A003');
    await shows('At the counter', '1 person is waiting.');
  });

  it('says what is missing where nobody gets an account without a password', async () => {
    const other = await fleet.start('server', { FOYER_EMBEDDED: '0' });
    await open(other.url);
    await press('Start');
    await screen('not-here');
    await inspect(page, 'play-tickets-not-here', SIZES);
  });
});
