import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { prettyFactory } from 'pino-pretty';

/**
 * Forwards the log lines of a child process to stderr, pretty-printed if stderr is a terminal. JSON
 * lines already contain the process name.
 */
export function passThrough(name: string, stream: Readable | null): void {
  if (!stream) return;
  const pretty = process.stderr.isTTY
    ? prettyFactory({ colorize: true, ignore: 'pid', singleLine: true })
    : null;
  createInterface({ input: stream }).on('line', (line) => {
    const text = pretty && line.startsWith('{') ? pretty(line) : `${labelled(name, line)}\n`;
    process.stderr.write(text);
  });
}

const labelled = (name: string, line: string) => (line.startsWith('{') ? line : `${name}: ${line}`);
