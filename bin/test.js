import { spawn } from 'node:child_process';
import { checkNode, installPackages } from './install.js';

/** `npm test` on a fresh clone: installs the packages, then runs everything. */
try {
  checkNode();
  await installPackages();
} catch (error) {
  console.error(`foyer: ${error.message}`);
  console.log('0 passed, 1 failed');
  process.exit(1);
}
const run = spawn(process.execPath, ['--import=tsx', 'test/support/run.ts'], {
  cwd: new URL('../', import.meta.url),
  stdio: 'inherit',
});
// The test run stops everything it started; this process only waits for it.
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => run.kill(name));
run.on('exit', (code) => process.exit(code ?? 1));
