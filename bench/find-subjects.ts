import { existsSync, readdirSync } from 'node:fs';
import type { Parts } from './subject.ts';

const here = new URL('./', import.meta.url);
const entryOf = (name: string) => new URL(`${name}/bench.ts`, here);

/** Subjects by name: the folders whose `bench.ts` exports `parts`. */
export const findSubjects = (): string[] =>
  readdirSync(here)
    .filter((name) => existsSync(entryOf(name)))
    .sort();

/** @throws {Error} there is no such subject */
export async function partsOf(name: string): Promise<Parts> {
  const names = findSubjects();
  if (!names.includes(name)) throw new Error(`there is no bench ${name}; there are: ${names}`);
  const module: { parts: Parts } = await import(entryOf(name).href);
  return module.parts;
}
