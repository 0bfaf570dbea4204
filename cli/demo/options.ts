import { configOf, shellEnv } from '../environment.ts';
import { optionsOf, UsageError } from '../usage.ts';

export interface DemoOptions {
  url: string;
  seconds: number;
  people: number;
}

const SECONDS = 60;
const PEOPLE = 300;
/** The limit for one process on two cores. With more people, the clients would be the bottleneck. */
const MAX_PEOPLE = 5_000;

/** @throws {UsageError} */
export function parseDemoOptions(argv: string[]): DemoOptions {
  const given = optionsOf(argv, {
    url: { type: 'string' },
    seconds: { type: 'string' },
    learners: { type: 'string' },
  });
  const url = given.url ?? configOf(shellEnv()).publicUrl;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new UsageError('--url must be a URL such as http://127.0.0.1:8080');
  return {
    url,
    seconds: wholeNumber('seconds', given.seconds, SECONDS, 7 * 86_400),
    people: wholeNumber('learners', given.learners, PEOPLE, MAX_PEOPLE),
  };
}

function wholeNumber(
  name: string,
  text: string | undefined,
  fallback: number,
  max: number,
): number {
  if (text === undefined) return fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max) throw new UsageError(`--${name} must be a number from 1 to ${max}`);
  return value;
}
