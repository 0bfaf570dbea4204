import { bounds } from '../../config.ts';
import { withTimeout } from '../../with-timeout.ts';
import type { RedisClient } from '../redis.ts';
import {
  EVERYWHERE,
  encodePeople,
  encodeRoom,
  instanceChannel,
  NO_INSTANCE,
  type PeoplePush,
} from './frames.ts';
import { type Push, packetText, versionOf } from './push.ts';
import { channelOf, type Room } from './rooms.ts';

/** Finds the live instances that list each person, or `unknown`: `whereAre` of `db/presence/directory.ts`. */
export type WhereAre = (
  redis: RedisClient,
  userIds: readonly string[],
) => Promise<ReadonlyMap<string, readonly string[] | 'unknown'>>;

/** Without a directory everybody is unknown, so every instance gets the push. */
export const whereUnknown: WhereAre = async () => new Map();

export interface Publisher {
  /** Publishes one message for each instance and turn of the event loop, whatever the number of pushes. */
  toPeople(people: readonly string[], text: string): void;
  toRoom(room: Room, version: number | null, text: string): void;
}

interface Options {
  redis: RedisClient;
  whereAre: WhereAre;
  onLost: (error: unknown) => void;
  /** The instance that has already pushed to its own sockets. */
  instanceId?: string;
}

/** After this time everybody counts as unknown. */
const LOOK_UP_MS = 500;

/**
 * Publishes pushes to other instances. Pushes that come while a batch is looked up and published form
 * the next batch, so that pushes to one person keep their order.
 */
export function createPublisher(options: Options): Publisher {
  const { redis, onLost, instanceId = NO_INSTANCE } = options;
  const waiting: PeoplePush[] = [];
  let isRunning = false;

  async function publishAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, bounds.pushesPerFrame);
      const frames = await framesOf(options, instanceId, batch);
      // Not awaited: replies on one connection come in order, and a slow one must not delay a push.
      for (const [channel, frame] of frames) redis.spublish(channel, frame).catch(onLost);
    }
    isRunning = false;
  }

  return {
    toPeople(people, text) {
      if (waiting.length >= bounds.pushesWaiting) return onLost(new Error('too many pushes wait'));
      waiting.push({ people, text });
      if (isRunning) return;
      isRunning = true;
      setImmediate(() => void publishAll());
    },
    toRoom({ name, namespaces, policy }, version, text) {
      const frame = encodeRoom({ sender: instanceId, policy, version, text });
      for (const namespace of namespaces)
        redis.spublish(channelOf(namespace, name), frame).catch(onLost);
    },
  };
}

/** What each channel gets, in the order of the pushes. */
async function framesOf(
  { redis, whereAre, onLost }: Options,
  self: string,
  batch: readonly PeoplePush[],
): Promise<[channel: string, frame: string][]> {
  const people = [...new Set(batch.flatMap((push) => push.people))];
  const late = () => new Error('the directory took too long');
  const places = await withTimeout(LOOK_UP_MS, whereAre(redis, people), late).catch((error) => {
    onLost(error);
    return new Map<string, readonly string[] | 'unknown'>();
  });
  const byChannel = new Map<string, PeoplePush[]>();
  for (const push of batch) {
    const groups = new Map<string, string[]>();
    for (const userId of push.people)
      for (const channel of channelsOf(places.get(userId) ?? 'unknown', self))
        append(groups, channel, userId);
    for (const [channel, there] of groups)
      append(byChannel, channel, { people: there, text: push.text });
  }
  return [...byChannel].map(([channel, pushes]) => [channel, encodePeople(self, pushes)]);
}

const channelsOf = (places: readonly string[] | 'unknown', self: string): readonly string[] =>
  places === 'unknown'
    ? [EVERYWHERE]
    : places.filter((instanceId) => instanceId !== self).map(instanceChannel);

function append<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

/** Creates the push of a process without sockets. `publisher` reaches every instance concerned. */
export const createPush =
  (publisher: Publisher): Push =>
  (to, event, payload) => {
    const text = packetText(event, payload);
    if ('room' in to) publisher.toRoom(to.room, versionOf(payload), text);
    else publisher.toPeople(to.people, text);
  };
