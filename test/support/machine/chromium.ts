import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { step } from '../../../cli/up/progress.ts';
import { installPackage } from './debian.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
/** A microphone that beeps, given without asking, and calls between two pages of this machine. */
export const CALL_FLAGS = [
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--allow-loopback-in-peer-connection',
  // Names that only multicast DNS could resolve do not reach this machine's other page.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
];

/** The Chromium on PATH; as root on Debian one is installed when there is none. Close what this opens. */
export async function openChromium(more: readonly string[] = []): Promise<Browser> {
  const path = process.env['PATH'] ?? '';
  if (!onPath(path)) await step('chromium, with apt-get', () => installPackage('chromium'));
  const executablePath = onPath(path);
  if (!executablePath) throw new Error('there is no Chromium: install chromium');
  return chromium.launch({ executablePath, args: [...FLAGS, ...more] });
}

function onPath(path: string): string | undefined {
  const places = NAMES.flatMap((name) => path.split(delimiter).map((folder) => join(folder, name)));
  return places.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
