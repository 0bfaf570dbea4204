import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The command line is invalid: exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

type Options = NonNullable<ParseArgsConfig['options']>;

/** Parses options. Unknown options and positional arguments are errors. */
export function optionsOf<const O extends Options>(args: string[], options: O) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0] ?? 'invalid usage');
  }
}

export function required(name: string, value: string | undefined): string {
  if (value === undefined || value === '') throw new UsageError(`--${name} is required`);
  return value;
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `90s`, `15m`, `1h`, `7d`, or a plain number of seconds. */
export function secondsOf(name: string, text: string): number {
  const match = /^(\d{1,9})([smhd]?)$/.exec(text);
  const seconds = Number(match?.[1]) * (UNITS[match?.[2] || 's'] ?? 1);
  if (!match || seconds < 1)
    throw new UsageError(`--${name} must be a duration such as 90s, 15m or 1h`);
  return seconds;
}

export const help = `Usage: foyer <command> [options]

  up [--no-open] [--no-worker]      start everything, embedded where nothing is named, and migrate
  server                            one server process in the foreground
  worker                            one worker process in the foreground
  admin                             the operator pages, in the foreground
  migrate [--status]                apply migrations, or list the pending ones
  demo [--seconds N] [--learners N] simulated people against a running server
  doctor                            check versions, stores, clock and ports, and how to fix them
  user create --username U --role R [--password-stdin]
                                    create an account (guest, user, staff or admin)
  token --username U [--role R] [--ttl 1h]
                                    print an access token; create the user if missing
  env                               print DATABASE_URL and REDIS_URL of the running services
  --help                            print this help

.env.example lists all variables. Exit codes: 0 success, 1 failure, 2 invalid usage.`;
