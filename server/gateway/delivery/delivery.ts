import type { Server, Socket } from 'socket.io';
import type { Namespace } from '../../../contract/define.ts';
import type { RoomPolicy } from '../../../db/realtime/rooms.ts';
import type { ConnectedCallers } from '../people/connected-callers.ts';
import type { Pressure } from './pressure.ts';

export interface RoomText {
  namespace: Namespace;
  room: string;
  policy: RoomPolicy;
  version: number | null;
  text: string;
}

/** Write packets to sockets of this instance; `text` is `["event",payload]`. */
export interface Delivery {
  toPeople(people: readonly string[], text: string): void;
  toRoom(push: RoomText): void;
}

/**
 * Our own delivery: the stock adapter writes to every socket, even to one that is far behind. The text
 * and the frame are made once for all sockets of a namespace.
 */
export function createDelivery(
  io: Server,
  connected: ConnectedCallers,
  pressure: Pressure,
): Delivery {
  return {
    toPeople(people, text) {
      let packet: Packet | undefined;
      for (const userId of people)
        for (const socket of connected.socketsOf(userId)) {
          packet ??= packetOf('/', text);
          write(socket, packet);
        }
    },
    toRoom({ namespace, room, policy, version, text }) {
      const { adapter, sockets } = io.of(namespace);
      const sids = adapter.rooms.get(room);
      if (!sids) return;
      const packet = packetOf(namespace, text);
      const key = `${namespace} ${room} ${eventOf(text)}`;
      for (const sid of sids) {
        const socket = sockets.get(sid);
        const connection = socket && pressure.of(socket.conn);
        if (!connection) continue;
        if (policy === 'latest')
          connection.sendLatest(key, version, () => {
            if (adapter.rooms.get(room)?.has(sid)) write(socket, packet);
          });
        else if (policy === 'durable' || connection.isWritable) write(socket, packet);
      }
    },
  };
}

/** The event's name, quoted, out of `["event",…`. */
const eventOf = (text: string) => text.slice(1, text.indexOf('"', 2) + 1);

interface Packet {
  texts: string[];
  options: { preEncoded: true; wsPreEncodedFrame: Buffer[] };
}
/** Private fields of socket.io 4.8. */
interface Client {
  writeToEngine(packets: string[], options: object): void;
}

const write = (socket: Socket, { texts, options }: Packet) =>
  (socket as unknown as { client: Client }).client.writeToEngine(texts, options);

/** `2` is an event for socket.io, `4` before it a message for engine.io. */
function packetOf(namespace: Namespace, text: string): Packet {
  const packet = namespace === '/' ? `2${text}` : `2${namespace},${text}`;
  const wsPreEncodedFrame = textFrame(Buffer.from(`4${packet}`));
  return { texts: [packet], options: { preEncoded: true, wsPreEncodedFrame } };
}

const FINAL_TEXT = 0x81;
const SHORT = 126;
const LONG = 127;

/** A websocket frame of a server (RFC 6455, 5.2): header and payload, not masked. */
function textFrame(payload: Buffer): Buffer[] {
  const { length } = payload;
  let header: Buffer;
  if (length < SHORT) header = Buffer.from([FINAL_TEXT, length]);
  else if (length < 65_536) {
    header = Buffer.from([FINAL_TEXT, SHORT, 0, 0]);
    header.writeUInt16BE(length, 2);
  } else {
    header = Buffer.from([FINAL_TEXT, LONG, 0, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUIntBE(length, 4, 6);
  }
  return [header, payload];
}
