import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { partOf, testFiles } from './parts.ts';

/**
 * The whole of `npm test`, and with `--quick` that of `npm run test:quick`. Its last line is the
 * count; everything that fails is in it.
 */

interface Counts {
  passed: number;
  failed: number;
}

/** One failure when it does not end with 0. All are run, so that one run shows everything. */
interface Check {
  name: string;
  /** A script and its arguments, for node. */
  args: string[];
}

const BUILD: Check = { name: 'build', args: ['bin/build.js'] };
const READING: Check[] = [
  { name: 'types', args: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'] },
  {
    name: 'lint and format',
    args: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'],
  },
];
const MOCHA = ['--import=tsx', 'node_modules/mocha/bin/mocha.js', '--forbid-only'];

const isQuick = process.argv.includes('--quick');
const files = testFiles().filter((file) => !isQuick || partOf(file) === 'quick');

// Fleets run the built program, and building takes both cores: it goes first, alone.
const built = isQuick || (await check(BUILD));
// These only read and are done within the first tests, which time nothing.
const reading = Promise.all(READING.map(check));
const tests = await runMocha();
const failedChecks = [built, ...(await reading)].filter((ok) => !ok).length;
const failed = failedChecks + tests.failed;
console.log(`${tests.passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** Its output is printed in one piece at its end, so that it does not mix with that of the tests. */
async function check({ name, args }: Check): Promise<boolean> {
  const began = Date.now();
  const { code, said } = await node(args, 'collect');
  const ok = code === 0;
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  process.stdout.write(`${ok ? '' : said}${ok ? '✔' : '✖'} ${name} (${seconds} s)\n`);
  return ok;
}

/** One process for all files. When it ends badly without a failed test, that is a failure too. */
async function runMocha(): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-result-'));
  const file = join(folder, 'result.json');
  const { code } = await node([...MOCHA, ...files], 'show', { FOYER_TEST_RESULT: file });
  try {
    const result: Counts = JSON.parse(readFileSync(file, 'utf8'));
    return code !== 0 && result.failed === 0 ? { ...result, failed: 1 } : result;
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function node(
  args: string[],
  output: 'show' | 'collect',
  env: Record<string, string> = {},
): Promise<{ code: number; said: string }> {
  const kept = output === 'collect' ? 'pipe' : 'inherit';
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', kept, kept],
      env: { ...process.env, ...env },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk;
      });
    }
    child.on('close', (code) => resolve({ code: code ?? 1, said }));
  });
}
