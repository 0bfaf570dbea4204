import { existsSync, readFileSync } from 'node:fs';

/** `package.json` is next to the sources and one folder above the built program. */
const found = ['./package.json', '../package.json']
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(url));

/** Name and version of the running program. */
export const release: { name: string; version: string } = found
  ? JSON.parse(readFileSync(found, 'utf8'))
  : { name: 'foyer', version: '0.0.0' };
