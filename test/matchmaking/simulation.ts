import fc from 'fast-check';
import * as blocks from '../../db/accounts/blocks.ts';
import { absenceSets } from '../../db/domains.ts';
import { extendClaims, type PairClaim } from '../../db/matchmaking/pool/claims.ts';
import { joinRequests } from '../../db/matchmaking/requests/join-requests.ts';
import type { SessionCommand } from '../../db/matchmaking/sessions/session-machine.ts';
import { currentSession } from '../../db/matchmaking/sessions/sessions.ts';
import { transitionSessions } from '../../db/matchmaking/sessions/transition-sessions.ts';
import { listPeople, renewLease } from '../../db/presence/leases.ts';
import { indexRequests } from '../../effects/matchmaking/index-requests.ts';
import { createMatchmaking } from '../../server/matchmaking/operations.ts';
import { avoidPair } from '../../workers/matchmaking/pool/avoid-pair.ts';
import { matchPass } from '../../workers/matchmaking/pool/match-pass.ts';
import { sweepPool } from '../../workers/matchmaking/pool/match-sweep.ts';
import { reclaimExpiredClaims } from '../../workers/matchmaking/pool/reclaim-expired-claims.ts';
import { reconcileSweep } from '../../workers/matchmaking/pool/reconcile-index.ts';
import { expireRequests } from '../../workers/matchmaking/requests/expire-requests.ts';
import { orphanRequests } from '../../workers/matchmaking/requests/orphan-requests.ts';
import { createSessions } from '../../workers/matchmaking/sessions/create-sessions.ts';
import { staleSessions } from '../../workers/matchmaking/sessions/stale-sessions.ts';
import type { TestServices } from '../support/services.ts';
import {
  addUsers,
  asks,
  hot,
  learnsEnglish,
  learnsSpanish,
  recordedContext,
  TTL,
} from './fixtures.ts';
import { absentFor, accept, bornAgo, claimAll, clear, decline } from './matches.ts';

export const PEOPLE = 6;
const BODIES = [
  learnsEnglish,
  learnsSpanish,
  asks(['en', 'fr'], ['es']),
  asks(['es'], ['fr', 'en']),
];

const kinds = {
  join: 10,
  cancel: 2,
  pass: 10,
  /** `flag`: the job stays in the queue, and will run again. `other`: with an accept step or without. */
  create: 12,
  /** `flag`: both of a session at once. */
  accept: 10,
  decline: 1,
  signal: 2,
  connected: 5,
  leave: 3,
  /** Everybody who had not accepted or not connected by now is late. */
  timeOut: 2,
  expire: 1,
  block: 1,
  /** Every claim expires. */
  reclaim: 2,
  reconcile: 2,
  /** Gone for the whole grace. */
  vanish: 1,
  flush: 1,
};
export type Kind = keyof typeof kinds;

export interface Command {
  kind: Kind;
  who: number;
  other: number;
  flag: boolean;
}
const kind = fc.oneof(
  ...Object.entries(kinds).map(([name, weight]) => ({
    weight,
    arbitrary: fc.constant(name as Kind),
  })),
);
const command: fc.Arbitrary<Command> = fc.record({
  kind,
  who: fc.nat(PEOPLE - 1),
  other: fc.nat(PEOPLE - 1),
  flag: fc.boolean(),
});
const arrival = (who: number): Command => ({ kind: 'join', who, other: who, flag: false });
/** Groups one after the other; the commands of a group at once. First everybody comes. */
export const scenarios = fc
  .array(fc.array(command, { minLength: 2, maxLength: 8 }), { minLength: 8, maxLength: 14 })
  .map((groups) => [Array.from({ length: PEOPLE }, (_, who) => arrival(who)), ...groups]);

/** Six people over real stores. Jobs wait in a list of the test, and pushes go nowhere. */
export async function openSimulation(t: TestServices) {
  await clear(t);
  const people = await addUsers(t.db, PEOPLE);
  const { context, enqueued } = recordedContext(t, t.config());
  const withAccept = { ...context, config: t.config({ MATCH_ACCEPT_SECONDS: '30' }) };
  const server = createMatchmaking(context as never, () => {});
  const person = (at: number) => people[at % PEOPLE] ?? '';
  await comeOnline();

  async function comeOnline() {
    await bornAgo(t, 3_600_000);
    await renewLease(t.redis, 'one');
    await listPeople(t.redis, absenceSets, 'one', people.slice(0, PEOPLE / 2));
  }
  async function step(userId: string, command: SessionCommand) {
    const session = await currentSession(t.db, userId);
    if (!session) return;
    const steps = [{ sessionId: session.id, command }];
    const { effects } = await hot(t, (trx) => transitionSessions(trx, steps, TTL));
    await indexRequests(t, effects.requests);
  }
  function takeJob(at: number, keep: boolean) {
    const waiting = enqueued.filter(({ name }) => name === 'matchmaking.create-sessions');
    const job = waiting[at % Math.max(1, waiting.length)];
    if (job && !keep) enqueued.splice(enqueued.indexOf(job), 1);
    return job?.payload as { pool: string; claims: PairClaim[] } | undefined;
  }
  /** A pass that could not create the sessions of its claims: they are a job's now. */
  async function leaveToJob() {
    const claims = await claimAll(t);
    if (claims.length === 0) return;
    await extendClaims(t.redis, 'default', claims, 'enqueued');
    const payload = { pool: 'default', claims };
    enqueued.push({ name: 'matchmaking.create-sessions', payload, delayMs: undefined });
  }
  const late = "now() - '1 s'::interval";

  const actions: Record<Kind, (command: Command) => Promise<unknown>> = {
    join: async ({ who, other, flag }) => {
      const join = { userId: person(who), body: BODIES[other % BODIES.length] ?? learnsEnglish };
      const [outcome] = await hot(t, (trx) => joinRequests(trx, [join], TTL));
      const isEnqueueLost = flag && other === 0;
      if (outcome && 'request' in outcome && outcome.created && !isEnqueueLost)
        await indexRequests(t, [outcome.request]);
    },
    cancel: ({ who }) => server.cancel(person(who), { requestId: 'x' }),
    pass: ({ other, flag }) =>
      flag ? leaveToJob() : matchPass({ pool: 'default' }, other % 2 ? withAccept : context),
    create: async ({ who, other, flag }) => {
      const job = takeJob(who, flag);
      if (job) await createSessions(job, other % 2 ? withAccept : context);
    },
    accept: async ({ who, flag }) => {
      const session = await currentSession(t.db, person(who));
      const both = session?.sides.map(({ userId }) => userId) ?? [];
      const accepting = flag ? both : [person(who)];
      await Promise.all(accepting.map((userId) => step(userId, accept(userId))));
    },
    decline: ({ who }) => step(person(who), decline(person(who))),
    signal: ({ who }) => step(person(who), { kind: 'signal', userId: person(who) }),
    connected: ({ who }) => step(person(who), { kind: 'connected', userId: person(who) }),
    leave: ({ who }) => step(person(who), { kind: 'leave', userId: person(who) }),
    timeOut: async () => {
      await t.db.raw(`
        update sessions set connect_by = connect_by - '1 h'::interval,
                            accept_by = accept_by - '1 h'::interval
         where ended_at is null`);
      await staleSessions({}, context);
    },
    expire: async ({ who }) => {
      await t.db.raw(`update match_requests set expires_at = ${late} where user_id = ?`, [
        person(who),
      ]);
      await expireRequests({}, context);
    },
    block: async ({ who, other }) => {
      if (who === other) return;
      const [userId, otherId] = [person(who), person(other)];
      await blocks.add(t.db, { userId, blockedId: otherId });
      await avoidPair({ userId, otherId }, context);
    },
    reclaim: async () => {
      const holds = await t.redis.zrange('{mm:default}:holds', '0', '-1');
      for (const id of holds) await t.redis.zadd('{mm:default}:holds', 'XX', '0', id);
      await reclaimExpiredClaims({}, context);
    },
    reconcile: () => reconcileSweep({}, context),
    vanish: async ({ who }) => {
      await absentFor(t, person(who), 60_000);
      await orphanRequests({}, context);
      await staleSessions({}, context);
    },
    flush: async () => {
      await t.redis.flushdb();
      await comeOnline();
    },
  };
  const run = (command: Command) => actions[command.kind](command);
  const by = (name: Kind, who = 0) => run({ kind: name, who, other: 0, flag: false });

  /** Finish everything: late jobs, claims, the index, people who can be matched. */
  async function drain(): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      await by('reclaim');
      await by('reconcile');
      const before = enqueued.filter(({ name }) => name === 'matchmaking.create-sessions').length;
      await sweepPool({ pool: 'default' }, context);
      const jobs = [];
      for (let job = takeJob(0, false); job; job = takeJob(0, false)) jobs.push(job);
      if (before === 0 && jobs.length === 0) return;
      await Promise.all(jobs.map((job) => createSessions(job, context)));
    }
    throw new Error('the simulation does not come to rest');
  }
  return { people, run, drain, context };
}
