import { readdirSync } from 'node:fs';
import type { ChaosDomain } from './domain.ts';

/** Each folder of `domains/` is a domain; its `domain.ts` exports it as `chaosDomain`. */
export async function findChaosDomains(): Promise<ChaosDomain[]> {
  const folder = new URL('./domains/', import.meta.url);
  return Promise.all(
    readdirSync(folder)
      .sort()
      .map(async (name) => {
        const module: { chaosDomain: ChaosDomain } = await import(
          new URL(`${name}/domain.ts`, folder).href
        );
        return module.chaosDomain;
      }),
  );
}
