import { spawn } from 'node:child_process';
import { checkNode, installPackages } from './install.js';

/**
 * `npm test` on a fresh clone: packages first, then everything else with them. `--quick` leaves out
 * what starts fleets, browsers and benches.
 */
try {
  checkNode();
  await installPackages();
} catch (error) {
  console.error(`foyer: ${error.message}`);
  console.log('0 passed, 1 failed');
  process.exit(1);
}
const run = spawn(
  process.execPath,
  ['--import=tsx', 'test/support/run.ts', ...process.argv.slice(2)],
  {
    cwd: new URL('../', import.meta.url),
    stdio: 'inherit',
  },
);
// The run stops what it started; we only wait for it.
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => run.kill(name));
run.on('exit', (code) => process.exit(code ?? 1));
