import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seconds } from './install.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const TSC = 'node_modules/typescript/bin/tsc';
/** Files that the program reads at run time and the compiler does not copy. */
const ASSET = /(\.(lua|css|html|js|svg)|\/page\.json)$/;
const SOURCE = /\.tsx?$/;
/** Bundled for browsers; what lies directly in `dashboards/pages/` and in its `panels/` is served as it stands. */
const BUNDLED = /^dashboards\/pages\/(?!panels\/)[^/]+\//;

/**
 * Compiles and bundles to `dist` unless it is up to date. The build goes to a separate folder that is renamed,
 * so that a concurrent start sees either the old or the new program.
 * @throws {Error} a one-line message; the compiler prints its own errors first
 */
export async function build() {
  if (!existsSync(join(root, 'cli/main.ts'))) return;
  const files = sources();
  const wanted = fingerprint(files);
  if (built() === wanted) return;
  const began = Date.now();
  process.stderr.write('… building\n');
  const part = join(root, '.tmp', `build-${process.pid}`);
  rmSync(part, { recursive: true, force: true });
  try {
    await Promise.all([
      run(TSC, '-p', 'tsconfig.build.json', '--outDir', part),
      run(TSC, '-p', 'tsconfig.client.json', '--outDir', part),
      run('bin/build-pages.js', join(part, 'pages')),
    ]);
    for (const file of files.filter((name) => ASSET.test(name) && !BUNDLED.test(name))) {
      mkdirSync(dirname(join(part, file)), { recursive: true });
      cpSync(join(root, file), join(part, file));
    }
    nameCompiledFiles(part);
    writeFileSync(join(part, '.fingerprint'), wanted);
    replaceDist(part);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  process.stderr.write(`✔ built (${seconds(began)})\n`);
}

function run(script, ...args) {
  const child = spawn(process.execPath, [join(root, script), ...args], {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error('the build failed; see the errors above'));
    });
  });
}

/** The compiler rewrites imports of `.ts` files in the programs, and not in the declarations of the client. */
function nameCompiledFiles(part) {
  const declarations = readdirSync(part, { recursive: true }).filter((name) =>
    name.endsWith('.d.ts'),
  );
  for (const name of declarations) {
    const file = join(part, name);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/(from |import\()(['"])(\.[^'"]*)\.ts\2/g, '$1$2$3.js$2'));
  }
}

function replaceDist(part) {
  const dist = join(root, 'dist');
  const old = `${part}-old`;
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(part, dist);
  rmSync(old, { recursive: true, force: true });
}

/** The sources and assets that `tsconfig.build.json` includes. */
function sources() {
  const { include } = JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8'));
  const top = readdirSync(root).filter((name) => SOURCE.test(name));
  const inFolders = include
    .filter((name) => existsSync(join(root, name)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name)),
    )
    .filter((name) => SOURCE.test(name) || ASSET.test(name));
  return [...top, ...inFolders].sort();
}

function fingerprint(files) {
  const hash = createHash('sha256');
  const settings = [
    'tsconfig.json',
    'tsconfig.build.json',
    'tsconfig.client.json',
    'package-lock.json',
    'bin/build-pages.js',
  ];
  for (const file of [...settings, ...files])
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function built() {
  const stamp = join(root, 'dist/.fingerprint');
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : null;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await build();
  } catch (error) {
    console.error(`foyer: ${error.message}`);
    process.exitCode = 1;
  }
}
