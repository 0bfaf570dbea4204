import { connect } from 'node:net';

/** One kept-alive connection of a minimal HTTP client, cheap because it shares the CPU with what is measured. */
export interface RawHttp {
  /** One at a time. The body is JSON. */
  post(path: string, headers: string, body: string): Promise<RawAnswer>;
  close(): void;
}
export interface RawAnswer {
  status: number;
  text: string;
}

const END = '\r\n\r\n';
const NO_CONTENT = 204;

/** Resolves when connected. `headers` of a request end each with a line break (`\r\n`). */
export function openRawHttp(port: number): Promise<RawHttp> {
  return new Promise((resolve, reject) => {
    const tcp = connect({ port, host: '127.0.0.1', noDelay: true });
    let rest: Buffer = Buffer.alloc(0);
    let waiting: { resolve(answer: RawAnswer): void; reject(error: Error): void } | undefined;
    const fail = (error: Error) => {
      reject(error);
      waiting?.reject(error);
    };
    tcp.on('connect', () => resolve(raw));
    tcp.on('error', fail);
    tcp.on('close', () => fail(new Error('the server closed the connection')));
    tcp.on('data', (chunk: Buffer) => {
      rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      const answer = answerIn(rest);
      if (!answer) return;
      rest = rest.subarray(answer.length);
      const current = waiting;
      waiting = undefined;
      current?.resolve(answer);
    });
    const raw: RawHttp = {
      post: (path, headers, body) =>
        new Promise((answered, failed) => {
          waiting = { resolve: answered, reject: failed };
          tcp.write(
            `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\n` +
              `${headers}content-length: ${Buffer.byteLength(body)}${END}${body}`,
          );
        }),
      close: () => tcp.destroy(),
    };
  });
}

/** The whole answer at the start of these bytes; undefined while some of it is missing. */
function answerIn(bytes: Buffer): (RawAnswer & { length: number }) | undefined {
  const end = bytes.indexOf(END);
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  const found = /\r\ncontent-length: (\d+)/i.exec(head);
  if (!found && status !== NO_CONTENT) throw new Error(`an answer without a length: ${head}`);
  const start = end + END.length;
  const length = start + Number(found?.[1] ?? 0);
  if (bytes.length < length) return undefined;
  return { status, text: bytes.toString('utf8', start, length), length };
}
