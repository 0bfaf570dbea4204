import { readdirSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DemoDomain } from './demo-domain.ts';

/** Each folder beside this file is a domain: as sources and, compiled, in `dist`. */
export async function findDemoDomains(): Promise<DemoDomain[]> {
  const here = new URL('./', import.meta.url);
  const names = readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const extension = extname(fileURLToPath(import.meta.url));
  return Promise.all(
    names.sort().map(async (name) => {
      const module: { demoDomain: DemoDomain } = await import(
        new URL(`${name}/domain${extension}`, here).href
      );
      return module.demoDomain;
    }),
  );
}
