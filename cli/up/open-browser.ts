import { spawn } from 'node:child_process';
import type { Env } from '../environment.ts';

/** Opens the browser only in an interactive desktop terminal. Errors are ignored. */
export function openBrowser(url: string, env: Env): void {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const hasDesktop =
    process.platform === 'darwin' || Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY']);
  if (!process.stdout.isTTY || !hasDesktop || env['CI'] || env['SSH_CONNECTION']) return;
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
