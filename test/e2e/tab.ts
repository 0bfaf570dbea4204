import type { Browser, BrowserContext, Page } from 'playwright-core';
import { waitFor } from '../support/wait-for.ts';
import { type Complaints, collectComplaints } from './complaints.ts';

/**
 * Three processes, a browser and its sound share the cores with whatever else runs there. A wait ends
 * when its condition holds, so that a long limit costs time only where a test fails anyway.
 */
export const PATIENCE_MS = 45_000;

/** A person on /play/match in a separate browser context. */
export interface Tab {
  page: Page;
  context: BrowserContext;
  complaints: Complaints;
  /** Waits until the page shows it. */
  screen(name: string, timeoutMs?: number): Promise<void>;
  press(button: string): Promise<void>;
  choose(native: string, practice: string): Promise<void>;
  /** RTP packets of the partner's voice so far, of each peer connection of this page; 0 when closed. */
  heard(): Promise<number[]>;
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
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints = collectComplaints(page);
  await page.addInitScript(watchPeers);
  await page.goto(`${url}/play/match`);
  return {
    page,
    context,
    complaints,
    screen: async (name, timeoutMs = PATIENCE_MS) => {
      const wanted = page.locator(`main[data-screen="${name}"]`);
      await wanted.waitFor({ timeout: timeoutMs }).catch(async (error) => {
        const shown = await page.locator('main').first().textContent({ timeout: 1_000 });
        throw new Error(`no screen "${name}" within ${timeoutMs} ms; the page shows: ${shown}`, {
          cause: error,
        });
      });
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

async function packets(): Promise<number[]> {
  const { peers } = (window as unknown as { watched: Watched }).watched;
  const counts: number[] = [];
  for (const peer of peers) {
    let count = 0;
    if (peer.connectionState !== 'closed')
      for (const report of (await peer.getStats()).values())
        if (report.type === 'inbound-rtp') count += report.packetsReceived;
    counts.push(count);
  }
  return counts;
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

/** Both hear something that they did not hear before this was called, over an old path or a new one. */
export async function bothHear(...tabs: Tab[]): Promise<void> {
  const before = await Promise.all(tabs.map((tab) => tab.heard()));
  for (const [index, tab] of tabs.entries())
    await waitFor(
      async () => {
        const counts = await tab.heard();
        // Each by itself: a new peer connection counts from 0, whatever the one before it had.
        return counts.some((count, peer) => count > (before[index]?.[peer] ?? 0) + 10);
      },
      { timeoutMs: PATIENCE_MS, what: `packets at tab ${index}` },
    );
}
