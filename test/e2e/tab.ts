import type { Browser, BrowserContext, Page } from 'playwright-core';
import { waitFor } from '../support/wait-for.ts';

/** A person on /play/match in a separate browser context. */
export interface Tab {
  page: Page;
  context: BrowserContext;
  /** Errors that the browser reported: console, content security policy, failed requests. */
  complaints: string[];
  /** Waits until the page shows the screen. */
  screen(name: string, timeoutMs?: number): Promise<void>;
  press(button: string): Promise<void>;
  choose(native: string, practice: string): Promise<void>;
  /** RTP packets of the partner's audio received so far, over all peer connections of this page. */
  heard(): Promise<number>;
  close(): Promise<void>;
}

interface Watched {
  peers: RTCPeerConnection[];
}

/** A page does not expose its peer connections, so their creation is recorded. */
function watchPeers(): void {
  const watched: Watched = { peers: [] };
  Object.assign(window, { watched });
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      watched.peers.push(this);
    }
  };
}

export async function openTab(browser: Browser, url: string, given?: BrowserContext): Promise<Tab> {
  const context = given ?? (await browser.newContext({ viewport: { width: 900, height: 720 } }));
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.addInitScript(watchPeers);
  await page.goto(`${url}/play/match`);
  return {
    page,
    context,
    complaints,
    screen: async (name, timeoutMs = 20_000) => {
      await page.locator(`main[data-screen="${name}"]`).waitFor({ timeout: timeoutMs });
    },
    press: (button) => page.getByRole('button', { name: button, exact: true }).click(),
    choose: async (native, practice) => {
      await page.getByLabel('I speak', { exact: true }).selectOption(native);
      await page.getByLabel('I want to practise', { exact: true }).selectOption(practice);
      await page.getByRole('button', { name: 'Find a partner' }).click();
    },
    heard: () => page.evaluate(packets),
    close: () => (given ? page.close() : context.close()),
  };
}

async function packets(): Promise<number> {
  const { peers } = (window as unknown as { watched: Watched }).watched;
  let count = 0;
  for (const peer of peers) {
    if (peer.connectionState === 'closed') continue;
    for (const report of (await peer.getStats()).values())
      if (report.type === 'inbound-rtp') count += report.packetsReceived;
  }
  return count;
}

/** Runs in the page: restarts ICE during the call. Returns the previous credentials. */
export function restartIce(): string {
  const peer = (window as unknown as { watched: Watched }).watched.peers.at(-1);
  peer?.restartIce();
  return /a=ice-ufrag:\S+/.exec(peer?.localDescription?.sdp ?? '')?.[0] ?? '';
}
export function ufrag(): string {
  const peer = (window as unknown as { watched: Watched }).watched.peers.at(-1);
  if (peer?.signalingState !== 'stable') return '';
  return /a=ice-ufrag:\S+/.exec(peer.localDescription?.sdp ?? '')?.[0] ?? '';
}

/** Waits until both people receive new audio. */
export async function bothHear(...tabs: Tab[]): Promise<void> {
  const before = await Promise.all(tabs.map((tab) => tab.heard()));
  for (const [index, tab] of tabs.entries())
    await waitFor(async () => (await tab.heard()) > (before[index] ?? 0) + 10, {
      timeoutMs: 20_000,
      what: `packets at tab ${index}`,
    });
}
