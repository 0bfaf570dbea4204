import { configOf, shellEnv } from '../environment.ts';
import { optionsOf, UsageError } from '../usage.ts';

export interface DemoOptions {
  url: string;
  seconds: number;
  learners: number;
}

const SECONDS = 60;
const LEARNERS = 300;
/** The maximum for one process on two cores. With more people, the clients become the bottleneck. */
const MAX_LEARNERS = 5_000;

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
    seconds: whole('seconds', given.seconds, SECONDS, 7 * 86_400),
    learners: whole('learners', given.learners, LEARNERS, MAX_LEARNERS),
  };
}

function whole(name: string, text: string | undefined, fallback: number, max: number): number {
  if (text === undefined) return fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max) throw new UsageError(`--${name} must be a number from 1 to ${max}`);
  return value;
}
