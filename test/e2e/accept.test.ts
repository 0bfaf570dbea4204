import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { useFleet } from '../support/fleet.ts';
import { CALL_FLAGS, openChromium } from '../support/machine/chromium.ts';
import { bothHear, openTab, PATIENCE_MS, type Tab } from './tab.ts';

describe('play/match in a browser, with the accept step', function () {
  // Several waits of a browser's patience each.
  this.timeout(4 * PATIENCE_MS);
  const fleet = useFleet({ servers: 1, workers: 1, env: { MATCH_ACCEPT_SECONDS: '60' } });
  let browser: Browser;
  before(async function () {
    this.timeout(120_000);
    browser = await openChromium(CALL_FLAGS);
  });
  after(() => browser?.close());

  async function found(one: string, two: string): Promise<[Tab, Tab]> {
    const url = fleet.servers[0]?.url ?? '';
    const tabs = await Promise.all([openTab(browser, url), openTab(browser, url)]);
    const [ana, bob] = tabs;
    await ana.choose(one, two);
    await bob.choose(two, one);
    await Promise.all(tabs.map((tab) => tab.screen('accept')));
    return tabs;
  }

  it('starts the call when both people accept', async () => {
    const [ana, bob] = await found('es', 'en');
    await ana.press('Accept');
    await ana.screen('accepted');
    await bob.press('Accept');
    await Promise.all([ana.screen('talking'), bob.screen('talking')]);
    await bothHear(ana, bob);
    expect([...ana.complaints.texts, ...bob.complaints.texts]).to.deep.equal([]);
    await Promise.all([ana.close(), bob.close()]);
  });

  it('puts back the person who accepted when the other one declines', async () => {
    const [ana, bob] = await found('de', 'fr');
    await ana.press('Accept');
    await ana.screen('accepted');
    await bob.press('Decline');
    await Promise.all([ana.screen('waiting'), bob.screen('ended')]);
    await ana.page.getByText("You're back in the queue and kept your place.").waitFor();
    expect(await bob.page.locator('main').textContent()).to.contain("The call didn't start");
    await bob.press('Done');
    await bob.screen('setup');
    expect([...ana.complaints.texts, ...bob.complaints.texts]).to.deep.equal([]);
    await Promise.all([ana.close(), bob.close()]);
  });
});
