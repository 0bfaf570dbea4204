import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisClient } from '../../db/redis.ts';
import { atPace } from '../measure/pace.ts';
import { type Spread, spreadOf } from '../measure/percentiles.ts';
import { nextMessage, startChild } from '../measure/program.ts';
import type { Stores } from '../measure/stores.ts';
import { CHANNEL, type FromBare } from './bare-server.ts';
import type { Task } from './generator-messages.ts';
import { connectPeople } from './people.ts';

/** The latencies of the raw parts on this machine, at the same rate, in ms. */
export interface Bare {
  /** socket.io: from emit to ack, without any work. */
  roundTrip: Spread;
  /** Redis: from SPUBLISH in one process to the subscriber in another. */
  publish: Spread;
  /** PostgreSQL: one durable insert. */
  commit: Spread;
  /** Redis: one durable SET. */
  set: Spread;
}

type BareLoad = Pick<Task, 'tokens' | 'perSecond'> & { seconds: number };

export async function measureBare(stores: Stores, load: BareLoad): Promise<Bare> {
  const { child, stop } = startChild(new URL('./bare-server.ts', import.meta.url));
  const ready = nextMessage<FromBare & { kind: 'ready' }>(child, 'ready');
  child.send(stores.redisUrl);
  const { port } = await ready;
  const roundTrip = await roundTrips(port, load);

  const pace = { perSecond: load.perSecond, warmUpSeconds: 0, seconds: load.seconds };
  await atPace(
    pace,
    () => publishNow(stores.redis),
    () => {},
  );
  await sleep(50);
  const heard = nextMessage<FromBare & { kind: 'heard' }>(child, 'heard');
  child.send('report');
  const { latency } = await heard;
  await stop();
  return { roundTrip, publish: latency, ...(await measureWrites(stores, load.seconds)) };
}

async function roundTrips(port: number, { tokens, perSecond, seconds }: BareLoad) {
  const people = await connectPeople({
    mode: 'echo',
    ports: [port],
    tokens,
    perSecond,
    warmUpSeconds: 1,
    seconds,
  });
  const report = people.next('report');
  people.go();
  const { ack } = await report;
  await people.stop();
  return ack;
}

const publishNow = (redis: RedisClient) =>
  void redis.spublish(CHANNEL, String(process.hrtime.bigint()));

/** Runs calls sequentially: the minimum latency of a single caller. */
async function measureWrites({ db, redis }: Stores, seconds: number) {
  await db.raw('create table if not exists bench_commits (id bigint generated always as identity)');
  const commit = await times(seconds, () => db.raw('insert into bench_commits default values'));
  const set = await times(seconds, () => redis.set('bench-set', String(performance.now())));
  await db.raw('drop table bench_commits');
  await redis.del('bench-set');
  return { commit, set };
}

async function times(seconds: number, act: () => PromiseLike<unknown>): Promise<Spread> {
  const samples: number[] = [];
  const end = performance.now() + seconds * 1000;
  for (let began = performance.now(); began < end; began = performance.now()) {
    await act();
    samples.push(performance.now() - began);
  }
  return spreadOf(samples);
}
