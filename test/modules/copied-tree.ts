import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Insertion } from './insertions.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** The sources of a domain, laid out as they go into a tree, with `.txt` after each name. */
const tiny = fileURLToPath(new URL('./tiny/', import.meta.url));

/** What runs longer is interrupted, and what it said is the failure. */
const LONGEST_MS = 120_000;

/** A copy of this tree with a domain more. */
export interface CopiedTree {
  folder: string;
  /** The files of the domain, as paths in the tree. */
  added: readonly string[];
  /** The files of this tree that differ in the copy. */
  changedFiles(): string[];
  /**
   * Run node in the tree: a script and its arguments, behind options of node.
   * @throws {Error} with all output when it does not end with 0
   */
  run(args: readonly string[], env?: Record<string, string>): Promise<void>;
  remove(): void;
}

/** Copy what is, or is about to be, in the repository. The packages are shared. */
export function copyTree(): CopiedTree {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'foyer-module-'));
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file && existsSync(join(root, file)));
  for (const file of files) cpSync(join(root, file), join(folder, file));
  symlinkSync(realpathSync(join(root, 'node_modules')), join(folder, 'node_modules'));
  const read = (base: string, file: string) => readFileSync(join(base, file));
  return {
    folder,
    added: addSources(folder),
    changedFiles: () => files.filter((file) => !read(root, file).equals(read(folder, file))),
    run: (args, env = {}) => run(folder, args, env),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function addSources(folder: string): string[] {
  const sources = readdirSync(tiny, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.txt'))
    .sort();
  return sources.map((source) => {
    const file = source.replace(/\.txt$/, '');
    const path = join(folder, file);
    if (existsSync(path)) throw new Error(`${file} is in the tree already`);
    mkdirSync(dirname(path), { recursive: true });
    cpSync(join(tiny, source), path);
    return file;
  });
}

/** @throws {Error} when the place is not there, or more than once: the list has another form now */
export function insert(folder: string, { file, after, text }: Insertion): void {
  const path = join(folder, file);
  const parts = readFileSync(path, 'utf8').split(after);
  const [before, rest] = parts;
  if (parts.length !== 2)
    throw new Error(`${file} must contain this once, not ${parts.length - 1} times: ${after}`);
  writeFileSync(path, `${before}${after}${text}${rest}`);
}

/** What it says goes to a file: a pipe would stay open for as long as anything that it started. */
async function run(
  cwd: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<void> {
  const file = join(cwd, '.tmp', 'run.log');
  mkdirSync(dirname(file), { recursive: true });
  const log = openSync(file, 'w');
  const child = spawn(process.execPath, args, {
    cwd,
    stdio: ['ignore', log, log],
    env: { PATH: process.env['PATH'], ...env },
    timeout: LONGEST_MS,
    killSignal: 'SIGINT',
  });
  const [code, signal] = await once(child, 'exit');
  closeSync(log);
  if (code !== 0)
    throw new Error(
      `${args.join(' ')} ended with ${code ?? signal}:\n${readFileSync(file, 'utf8')}`,
    );
}
