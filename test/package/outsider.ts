import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const LIMIT_MS = 240_000;
/** npm sets these variables for its scripts. An npm that runs inside a script must not read them. */
const OF_A_SCRIPT = /^npm_(package_|lifecycle_|config_(local_|global_)?prefix$)|^INIT_CWD$/;

/** A project outside the checkout, in a temporary folder. */
export interface Outsider {
  folder: string;
  write(files: Record<string, string>): void;
  /** Installs a tarball with `npm install`, without optional packages and install scripts. */
  install(tarball: string): Promise<void>;
  /** Runs a Node program in the folder. @returns its stdout @throws {Error} with its output if it fails */
  node(file: string, ...args: string[]): Promise<string>;
  remove(): void;
}

/** Creates an empty project. Remove it in the block that creates it. */
export function makeOutsider(): Outsider {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-package-'));
  chmodSync(folder, 0o755);
  const write = (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  };
  write({ 'package.json': JSON.stringify({ name: 'outsider', private: true, type: 'module' }) });
  return {
    folder,
    write,
    install: async (tarball) => {
      const args = ['install', '--prefer-offline', '--ignore-scripts', '--omit=optional'];
      await run('npm', [...args, '--no-audit', '--no-fund', tarball], folder);
    },
    node: (file, ...args) => run(process.execPath, [file, ...args], folder),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Packs the checkout. @returns the path of the tarball, in `folder` */
export async function pack(folder: string): Promise<string> {
  const printed = await run('npm', ['pack', '--silent', '--pack-destination', folder], root);
  return join(folder, printed.trim().split('\n').at(-1) ?? '');
}

/** Packs only the client. @returns the path of the tarball, in `folder` */
export async function packClient(folder: string): Promise<string> {
  const printed = await run(process.execPath, ['bin/pack-client.js', folder], root);
  return printed.trim();
}

/** A file of a development dependency of the checkout. A real project would install these tools itself. */
export const tool = (path: string): string => join(root, 'node_modules', path);

function run(command: string, args: string[], cwd: string): Promise<string> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !OF_A_SCRIPT.test(name)),
  );
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env, timeout: LIMIT_MS }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      reject(new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`));
    });
  });
}
