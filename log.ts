import { type Logger, pino } from 'pino';

export type Log = Logger;

/** Never logged: credentials, and messages between users. */
const REDACTED = [
  'password',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'authorization',
  'cookie',
  '*.password',
  '*.token',
  '*.accessToken',
  '*.refreshToken',
  '*.secret',
  '*.authorization',
  '*.cookie',
  'req.headers.authorization',
  'req.headers.cookie',
];

/** The root logger of a process: JSON lines, or pretty-printed in a terminal. */
export function createLog(process_: string, level: string, pretty = process.stdout.isTTY): Log {
  return pino({
    level,
    base: { process: process_, pid: process.pid },
    redact: { paths: REDACTED, censor: '[redacted]' },
    ...(pretty ? { transport: { target: 'pino-pretty', options: { ignore: 'pid' } } } : {}),
  });
}
