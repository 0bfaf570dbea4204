import { readFileSync } from 'node:fs';

const FENCED = /^```(\w+)\n([\s\S]*?)^```$/gm;
/** The address of the server in every example. */
export const EXAMPLE_URL = 'http://127.0.0.1:8080';

/** The code blocks of `docs/client.md` in one language, unchanged. */
export function examples(language: 'ts' | 'js' | 'html'): string[] {
  const text = readFileSync(new URL('../../docs/client.md', import.meta.url), 'utf8');
  return [...text.matchAll(FENCED)]
    .filter(([, name]) => name === language)
    .map(([, , code]) => code ?? '');
}

/** An example with the address of a running server. */
export function withServer(example: string, url: string): string {
  if (example.split(EXAMPLE_URL).length !== 2)
    throw new Error(`the example does not name ${EXAMPLE_URL} once:\n${example}`);
  return example.replace(EXAMPLE_URL, url);
}
