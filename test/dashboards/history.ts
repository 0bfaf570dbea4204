import type { Db } from '../../db/knex.ts';
import { newId } from '../../ids.ts';

const PEOPLE = 20;
/** The seeded minutes. The latest minutes are left to the tests. */
const FROM = 55;
const TO = 8;

/** The number of sessions created in the minute `n` minutes ago. */
export const matchesIn = (minutesAgo: number): number =>
  Math.round(6 + 5 * Math.sin(minutesAgo / 6) + (minutesAgo % 3));
/** The wait of the people in that minute in seconds. */
export const waitIn = (minutesAgo: number): number =>
  Math.round(20 + 15 * Math.cos(minutesAgo / 9)) + (minutesAgo % 4);

/** Seeds an hour of matches and calls. @returns the number of sessions */
export async function seedHour(db: Db): Promise<number> {
  const users = Array.from({ length: PEOPLE }, () => newId());
  await db('users').insert(
    users.map((id) => ({
      id,
      display_name: 'Someone',
      role: 'guest',
      created_at: hoursAgo(db, 3),
    })),
  );
  let made = 0;
  for (let minutesAgo = FROM; minutesAgo >= TO; minutesAgo -= 1) {
    for (let at = 0; at < matchesIn(minutesAgo); at += 1) {
      await seedSession(db, users, { minutesAgo, second: (at * 7) % 60, wait: waitIn(minutesAgo) });
      made += 1;
    }
  }
  return made;
}

const hoursAgo = (db: Db, hours: number) => db.raw('now() - make_interval(hours => ?)', [hours]);

interface When {
  minutesAgo: number;
  second: number;
  wait: number;
}

async function seedSession(db: Db, users: string[], when: When): Promise<void> {
  const [id, pair] = [newId(), [newId(), newId()]];
  const people = [users[when.second % PEOPLE], users[(when.second + 1) % PEOPLE]] as [
    string,
    string,
  ];
  const reason = when.second % 3 === 0 ? ['failed', 'connect_timeout'] : ['completed', 'left'];
  const began = `date_trunc('minute', now()) - make_interval(mins => ?) + make_interval(secs => ?)`;
  const at = [when.minutesAgo, when.second];
  await db.raw(
    `insert into sessions (id, pool, state, language, practice_user_id, native_user_id, created_at,
                           active_at, ended_at, end_reason)
     select ?, 'default', ?, 'es', ?, ?, ${began},
            case when ? then ${began} + interval '2 seconds' end, ${began} + interval '90 seconds', ?`,
    [
      ...[id, reason[0] ?? '', ...people, ...at],
      ...[reason[0] === 'completed', ...at],
      ...[...at, reason[1] ?? ''],
    ],
  );
  for (const [place, requestId] of pair.entries()) {
    await db.raw(
      `insert into match_requests (id, pool, user_id, native, practice, state, joined_at, expires_at,
                                   changed_at, session_id)
       select ?, 'default', ?, '{en}', '{es}', 'matched', ${began} - make_interval(secs => ?),
              now(), ${began}, ?`,
      [requestId, people[place] ?? '', ...at, when.wait, ...at, id],
    );
  }
}
