import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/**
 * A minimal socket.io client: handwritten WebSocket frames, one write per message, no JSON parsing. It is
 * cheap because the load generator shares the CPU with the measured processes.
 */
export interface RawSocket {
  /** A socket.io packet behind engine.io's `4`, such as `2["event",{}]`. */
  send(packet: string): void;
  close(): void;
}

interface Options {
  port: number;
  /** The `auth` of a socket.io client. */
  auth: unknown;
  /** `/` by default. Packets of another one begin with its name: `2/public,["event",{}]`. */
  namespace?: '/' | '/public';
  /** Packets of the server without engine.io's `4`, such as `2["event",…]` or `31[…]`. */
  onPacket: (packet: string) => void;
  onClose?: () => void;
}

const HEADER_END = '\r\n\r\n';
/** Clients must mask frames. A zero key leaves the payload unchanged. */
const NO_MASK = 4;

/** Resolves when the namespace accepts the connection; rejects with its response otherwise. */
export function openRawSocket({
  port,
  auth,
  namespace = '/',
  onPacket,
  onClose,
}: Options): Promise<RawSocket> {
  const prefix = namespace === '/' ? '' : `${namespace},`;
  return new Promise((resolve, reject) => {
    const tcp = connect({ port, host: '127.0.0.1', noDelay: true });
    const raw: RawSocket = {
      send: (packet) => tcp.write(frameOf(`4${packet}`)),
      close: () => tcp.destroy(),
    };
    const onMessage = (message: string) => {
      if (message === '2') tcp.write(frameOf('3'));
      else if (message.startsWith('0')) raw.send(`0${prefix}${JSON.stringify(auth)}`);
      else if (message.startsWith('40')) resolve(raw);
      else if (message.startsWith('44')) reject(new Error(message));
      else if (message.startsWith('4')) onPacket(message.slice(1));
    };
    tcp.write(upgrade(port));
    tcp.on('error', reject);
    tcp.on('close', () => onClose?.());
    readFrames(tcp, onMessage);
  });
}

const upgrade = (port: number) =>
  [
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
  ].join('\r\n') + HEADER_END;

/** A text frame. All payloads are ASCII and shorter than 64 KiB. */
function frameOf(text: string): Buffer {
  const isLong = text.length > 125;
  const start = (isLong ? 4 : 2) + NO_MASK;
  const frame = Buffer.alloc(start + text.length);
  frame[0] = 0x81;
  frame[1] = 0x80 | (isLong ? 126 : text.length);
  if (isLong) frame.writeUInt16BE(text.length, 2);
  frame.write(text, start, 'latin1');
  return frame;
}

/** Parses complete, unmasked text frames of the server after the upgrade response. */
function readFrames(tcp: Socket, onMessage: (message: string) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  let isOpen = false;
  tcp.on('data', (chunk: Buffer) => {
    let data: Buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    if (!isOpen) {
      const end = data.indexOf(HEADER_END);
      if (end >= 0) data = data.subarray(end + HEADER_END.length);
      else {
        rest = data;
        return;
      }
      isOpen = true;
    }
    let at = 0;
    while (data.length - at >= 2) {
      const short = (data[at + 1] ?? 0) & 0x7f;
      const header = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (data.length - at < header) break;
      const length =
        short === 126
          ? data.readUInt16BE(at + 2)
          : short === 127
            ? data.readUInt32BE(at + 6)
            : short;
      if (data.length - at < header + length) break;
      const isText = ((data[at] ?? 0) & 0x0f) === 1;
      if (isText) onMessage(data.toString('latin1', at + header, at + header + length));
      at += header + length;
    }
    rest = data.subarray(at);
  });
}
