import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** `slow`: fleets of processes, browsers, benches, the command line, builds. `quick`: everything else. */
export type Part = 'quick' | 'slow';

/**
 * What `npm run test:quick` leaves out: `test/<name>/` and `test/<name>.test.ts`. A folder that is
 * not named here is quick.
 */
export const SLOW = [
  'authorization',
  'bench',
  'chaos',
  'cli',
  'deploy',
  'e2e',
  'fleet',
  'modules',
  'package',
];
const SLOW_PATH = new RegExp(`^test/(${SLOW.join('|')})(/|\\.test\\.ts$)`);

/** @param path from the root of the repository, with slashes */
export const partOf = (path: string): Part => (SLOW_PATH.test(path) ? 'slow' : 'quick');

/** All test files, each as a path from the root, in the order in which they run: quick ones first. */
export function testFiles(): string[] {
  const folder = fileURLToPath(new URL('../', import.meta.url));
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => `test/${name.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.test.ts'))
    .sort();
  return [
    ...all.filter((path) => partOf(path) === 'quick'),
    ...all.filter((path) => partOf(path) === 'slow'),
  ];
}
