import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Plain JavaScript without dependencies, because this runs on a fresh clone. */

const root = new URL('../', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, root), 'utf8'));
const BEAT_MS = 5_000;
const SIGNALS = ['SIGINT', 'SIGTERM'];
const OLDEST_NODE = [20, 19];

/** @throws {Error} a one-line message */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]))
    throw new Error(
      `Foyer needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.version}`,
    );
}

/**
 * Runs `npm ci` if packages are missing or differ from the lock file. Development packages are needed
 * only in a checkout that can build.
 */
export async function installPackages() {
  // npm installed this copy with its packages; only a checkout has a lock file.
  if (!existsSync(new URL('package-lock.json', root))) return;
  if (isInstalled()) return;
  const began = Date.now();
  process.stderr.write('… installing packages (npm ci)\n');
  const beat = setInterval(() => {
    process.stderr.write(`… installing packages (${seconds(began)})\n`);
  }, BEAT_MS);
  try {
    await npmCi();
  } finally {
    clearInterval(beat);
  }
  process.stderr.write(`✔ packages installed (${seconds(began)})\n`);
}

function npmCi() {
  // With NODE_ENV=production, npm would skip the compiler that the build needs.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = spawn('npm', args, { cwd: root, stdio: ['ignore', process.stderr, process.stderr] });
  const stop = () => npm.kill('SIGTERM');
  for (const name of SIGNALS) process.on(name, stop);
  return new Promise((resolve, reject) => {
    npm.on('error', ({ message }) => reject(new Error(`npm could not be started: ${message}`)));
    npm.on('exit', (code, signal) => {
      for (const name of SIGNALS) process.off(name, stop);
      if (code === 0) resolve();
      else reject(new Error(`npm ci failed (${signal ?? `exit code ${code}`}); see above`));
    });
  });
}

function isInstalled() {
  // npm writes this file last, so an interrupted installation does not have it.
  if (!existsSync(new URL('node_modules/.package-lock.json', root))) return false;
  const present = read('node_modules/.package-lock.json').packages;
  const canBuild = existsSync(new URL('cli/main.ts', root));
  return Object.entries(read('package-lock.json').packages).every(
    ([path, wanted]) =>
      path === '' ||
      wanted.optional ||
      wanted.devOptional ||
      (wanted.dev && !canBuild) ||
      present[path]?.version === wanted.version,
  );
}

export const seconds = (began) => `${((Date.now() - began) / 1000).toFixed(1)} s`;
