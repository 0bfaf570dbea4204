import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The whole of `npm test`. Its last line is the count; everything that fails is in it. */

interface Counts {
  passed: number;
  failed: number;
}

/** Each is one failure when it does not end with 0; all are run, so that one run shows everything. */
const CHECKS: readonly [name: string, script: string, ...args: string[]][] = [
  ['types', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'],
  ['lint and format', 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'],
  ['build', 'bin/build.js'],
];
const MOCHA = ['--import=tsx', 'node_modules/mocha/bin/mocha.js', '--forbid-only'];
const FILES = 'test/**/*.test.ts';

let failedChecks = 0;
for (const [name, script, ...args] of CHECKS) {
  const began = Date.now();
  const ok = (await node([script, ...args])) === 0;
  console.log(`${ok ? '✔' : '✖'} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  if (!ok) failedChecks += 1;
}
const tests = await runMocha();
const failed = failedChecks + tests.failed;
console.log(`${tests.passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** One process for all files. When it ends badly without a failed test, that is a failure too. */
async function runMocha(): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-result-'));
  const file = join(folder, 'result.json');
  const code = await node([...MOCHA, FILES], { FOYER_TEST_RESULT: file });
  try {
    const result: Counts = JSON.parse(readFileSync(file, 'utf8'));
    return code !== 0 && result.failed === 0 ? { ...result, failed: 1 } : result;
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function node(args: string[], env: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
