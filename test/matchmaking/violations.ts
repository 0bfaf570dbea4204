import type { Db } from '../../db/knex.ts';
import { bucketsOf, pairingOf } from '../../db/matchmaking/pool/pairing.ts';
import { indexFingerprint } from '../../db/matchmaking/pool/waiting-index.ts';
import {
  asWaiting,
  type RequestRow,
  selectRequests,
} from '../../db/matchmaking/requests/request-row.ts';
import { rowsFingerprint } from '../../db/matchmaking/requests/requests.ts';
import type { RedisClient } from '../../db/redis.ts';

/** Each statement finds rows that must never be. */
const NEVER: Record<string, string> = {
  'in two live sessions': `
    select user_id from session_participants where live group by user_id having count(*) > 1`,
  'two live requests': `
    select user_id from match_requests where state in ('waiting', 'held')
     group by user_id having count(*) > 1`,
  'waits while in a live session': `
    select r.id from match_requests r join session_participants p on p.user_id = r.user_id
     where p.live and r.state = 'waiting'`,
  'held for no session whose accept step is open': `
    select r.id from match_requests r where r.state = 'held' and not exists (
      select from session_participants p join sessions s on s.id = p.session_id
       where s.id = r.session_id and p.user_id = r.user_id and p.live
         and s.state = 'matched' and s.accept_by is not null)`,
  'past the accept step without both': `
    select s.id from sessions s join session_participants p on p.session_id = s.id
     where s.accept_by is not null and p.accepted_at is null
       and s.state in ('connecting', 'active', 'completed')`,
  'no deadline, or two at once': `
    select id from sessions where state = 'matched' and (accept_by is null) = (connect_by is null)
     union all select id from sessions where state = 'connecting' and connect_by is null`,
  'live after the end, or not before it': `
    select p.session_id from session_participants p join sessions s on s.id = p.session_id
     where p.live <> (s.ended_at is null)`,
  'matched into a session that failed, or is not theirs': `
    select r.id from match_requests r where r.state = 'matched' and not exists (
      select from session_participants p join sessions s on s.id = p.session_id
       where s.id = r.session_id and p.user_id = r.user_id and s.state <> 'failed')`,
  'waits with a session or a reason': `
    select id from match_requests where state = 'waiting' and (session_id is not null or reason is not null)`,
  'in a session without a request of its state': `
    select s.id from sessions s join session_participants p on p.session_id = s.id
     where s.state <> 'failed' and not exists (
       select from match_requests r where r.session_id = s.id and r.user_id = p.user_id
          and r.state = case when s.state = 'matched' and s.accept_by is not null
                             then 'held' else 'matched' end)`,
  'not two opposite sides': `
    select s.id from sessions s where (
      select count(*) from session_participants p where p.session_id = s.id and (
        (p.role = 'practice' and p.polite and p.user_id = s.practice_user_id) or
        (p.role = 'native' and not p.polite and p.user_id = s.native_user_id))) <> 2`,
  'events with gaps': `
    select s.id from sessions s join session_events e on e.session_id = s.id
     group by s.id having count(*) <> s.version or min(e.seq) <> 1 or max(e.seq) <> s.version`,
  'a last event that is not the state': `
    select s.id from sessions s join session_events e on e.session_id = s.id and e.seq = s.version
     where e.type <> s.state
       and (e.type, s.state) not in (('accepted', 'matched'), ('time_warning', 'active'))`,
  'ended without a reason': `
    select id from match_requests where state in ('cancelled', 'expired') and reason is null
     union all select id from sessions where ended_at is not null and end_reason is null`,
  'put back too often': 'select id from match_requests where requeues > 3',
  'time that runs backwards': 'select id from sessions where ended_at < active_at',
};

/** What must hold at any moment, from the tables alone. */
export async function tableViolations(db: Db): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(NEVER).map(async ([rule, sql]) => {
      const { rows } = await db.raw(sql);
      return rows.length > 0 ? [`${rule}: ${JSON.stringify(rows)}`] : [];
    }),
  );
  return [...found.flat(), ...(await pairingViolations(db))];
}

/** Every session is what the pairing rule says of its two requests. */
async function pairingViolations(db: Db): Promise<string[]> {
  const requests = await selectRequests(db).whereRaw("r.state in ('held', 'matched')");
  const sessions = await db('sessions').whereNot({ state: 'failed' });
  return sessions.flatMap((session) => {
    const [a, b] = requests.filter(({ session_id }) => session_id === session.id).map(asWaiting);
    const pairing = a && b && pairingOf(a, b);
    const isRight =
      pairing?.language === session.language &&
      pairing?.practiceUserId === session.practice_user_id &&
      pairing?.nativeUserId === session.native_user_id;
    return isRight ? [] : [`not a pair of the rule: ${session.id}`];
  });
}

/** Once nothing is held: the index and the table say the same. */
export async function indexViolations(db: Db, redis: RedisClient): Promise<string[]> {
  const tag = '{mm:default}';
  const rows = (await selectRequests(db).whereRaw("r.state = 'waiting'")) as RequestRow[];
  const violations: string[] = [];
  const expect = (what: string, actual: unknown, wanted: unknown) => {
    const [a, b] = [JSON.stringify(actual), JSON.stringify(wanted)];
    if (a !== b) violations.push(`${what}: ${a} instead of ${b}`);
  };
  const indexed = await redis.zrange(`${tag}:waiting`, '0', '-1');
  expect('indexed', [...indexed].sort(), rows.map(({ id }) => id).sort());
  const [print, wanted] = [indexFingerprint(redis, 'default'), rowsFingerprint(db, 'default')];
  // After a FLUSHALL nobody rebuilds the index of a pool in which nobody waits.
  const isForgotten = rows.length === 0 && (await print) === 'incomplete';
  if (!isForgotten) expect('fingerprint', await print, await wanted);
  expect('claims', await redis.zcard(`${tag}:holds`), 0);
  expect('entries', (await redis.keys(`${tag}:r:*`)).length, rows.length);
  const buckets = new Map<string, string[]>();
  for (const row of rows) {
    const entry = await redis.hgetall(`${tag}:r:${row.id}`);
    const { version, joined, claim } = entry;
    expect(
      `entry of ${row.id}`,
      [version, joined, claim],
      [`${row.version}`, row.joined_us, undefined],
    );
    for (const name of bucketsOf(row)) buckets.set(name, [...(buckets.get(name) ?? []), row.id]);
  }
  const names = (await redis.keys(`${tag}:b:*`)).map((name) => name.slice(tag.length + 3));
  expect('buckets', names.sort(), [...buckets.keys()].sort());
  for (const [name, ids] of buckets) {
    const listed = await redis.zrange(`${tag}:b:${name}`, '0', '-1');
    expect(`bucket ${name}`, [...listed].sort(), ids.sort());
  }
  return violations;
}
