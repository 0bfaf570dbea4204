import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.js';

/**
 * Packs `foyer/client` alone, for projects that do not run the server: the same name, version and imports as
 * `npm pack`, with the two packages that the client needs. Writes `foyer-client-<version>.tgz` to the given
 * folder, or to the current one.
 */
const root = fileURLToPath(new URL('../', import.meta.url));
const [folder = '.'] = process.argv.slice(2);
const part = join(root, '.tmp', `client-package-${process.pid}`);

await build();
try {
  copyClient();
  writeFileSync(join(part, 'package.json'), JSON.stringify(manifest(), null, 2));
  const npm = spawnSync('npm', ['pack', '--silent'], { cwd: part, encoding: 'utf8' });
  if (npm.status !== 0) throw new Error(`npm pack failed: ${npm.stderr}`);
  const file = resolve(folder, npm.stdout.trim().replace('foyer-', 'foyer-client-'));
  cpSync(join(part, npm.stdout.trim()), file);
  console.log(file);
} finally {
  rmSync(part, { recursive: true, force: true });
}

/** The contract is only types to the client: its schemas stay at the server. */
function copyClient() {
  const files = readdirSync(join(root, 'dist'), { recursive: true }).filter(
    (name) => /^client\/.*\.(js|d\.ts|map)$/.test(name) || /^contract\/.*\.d\.ts$/.test(name),
  );
  for (const name of ['docs/client.md', ...files.map((file) => join('dist', file))]) {
    mkdirSync(dirname(join(part, name)), { recursive: true });
    cpSync(join(root, name), join(part, name));
  }
  renameSync(join(part, 'docs/client.md'), join(part, 'README.md'));
}

function manifest() {
  const { name, version, type, license, engines, exports, dependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const { 'socket.io-client': sockets, zod } = dependencies;
  return {
    ...{ name, version, type, license, engines, exports },
    description: 'The typed client of a Foyer server.',
    private: true,
    dependencies: { 'socket.io-client': sockets, zod },
  };
}
