import { SOCKET_ID_LENGTH } from '../../config.ts';
import type { Namespace } from '../../contract/define.ts';

/**
 * What a connection that cannot keep up gets.
 * - `durable`: everything; a connection that falls too far behind is closed, and its client reads again.
 * - `latest`: the newest push of a kind, once the connection can take it.
 * - `droppable`: nothing until the connection can take it.
 */
export type RoomPolicy = 'durable' | 'latest' | 'droppable';

/** What people watch together: a queue, a board, a meter, a large conversation. */
export interface Room {
  readonly name: string;
  /** The namespaces whose sockets can join; a push goes to each. */
  readonly namespaces: readonly Namespace[];
  readonly policy: RoomPolicy;
}

interface RoomKind {
  domain: string;
  kind: string;
  namespaces: readonly Namespace[];
  policy: RoomPolicy;
}

/** UUIDs, decimal ids and our opaque ids. `~` is left out because it pads names of a forbidden length. */
const ID = /^[\w.-]{1,128}$/;

/**
 * The rooms of one kind, by id. The sharded adapter takes a name of exactly 20 characters for a
 * socket id, so a name of that length is padded.
 * @throws {RangeError} an id with characters that a room's name cannot hold
 */
export const defineRoom =
  ({ domain, kind, namespaces, policy }: RoomKind): ((id: string) => Room) =>
  (id) => {
    if (!ID.test(id)) throw new RangeError(`not an id of a room: ${id.slice(0, 40)}`);
    const name = `${domain}:${kind}:${id}`;
    return {
      name: name.length === SOCKET_ID_LENGTH ? `${name}~` : name,
      namespaces,
      policy,
    };
  };

/** What the channels of the adapter begin with. */
export const CHANNEL_PREFIX = 'socket.io';

/** The channel of a room, as the sharded adapter names it (mode `dynamic`). */
export const channelOf = (namespace: Namespace, room: string): string =>
  `${CHANNEL_PREFIX}#${namespace}#${room}#`;
