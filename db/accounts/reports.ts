import type { Knex } from 'knex';
import type { Report } from '../../contract/accounts.ts';
import { FoyerError } from '../../contract/errors.ts';
import { newId } from '../../ids.ts';
import { rowsOf } from '../knex.ts';
import type { BatchCommand } from '../write/command.ts';
import { defineStatement } from '../write/statement.ts';
import * as audit from './audit.ts';

export interface NewReport {
  reporterId: string;
  userId: string;
  sessionId?: string | undefined;
  reason: string;
  note?: string | undefined;
}

interface Row {
  id: string;
  reporter_id: string;
  user_id: string;
  session_id: string | null;
  reason: string;
  note: string | null;
  state: Report['state'];
  created_at: Date;
}

const reportOf = (row: Row): Report => ({
  id: row.id,
  reporterId: row.reporter_id,
  userId: row.user_id,
  sessionId: row.session_id,
  reason: row.reason,
  note: row.note,
  state: row.state,
  createdAt: row.created_at.toISOString(),
});

interface Facts {
  /** Reported people who exist. */
  users: ReadonlySet<string>;
  /** `<session> <user>` of everybody in the sessions that were named. */
  participants: ReadonlySet<string>;
  now: Date;
}

const readUsers = defineStatement<{ id: string }>(
  'select id from users where id = any($1::uuid[]) and deleted_at is null',
);
const readParticipants = defineStatement<{ session_id: string; user_id: string }>(
  'select session_id, user_id from session_participants where session_id = any($1::uuid[])',
);
const readClock = defineStatement<{ now: Date }>('select clock_timestamp() as now');
const insertReports = defineStatement(
  `insert into reports (id, reporter_id, user_id, session_id, reason, note, created_at)
   select x.id, x.reporter_id, x.user_id, x.session_id, x.reason, x.note, x.created_at
     from jsonb_to_recordset($1::jsonb) as x
          (id uuid, reporter_id uuid, user_id uuid, session_id uuid, reason text, note text,
           created_at timestamptz)`,
);

/**
 * Report a user to staff; about a session only when both were in it. Errors: request.invalid
 * (oneself) · user.not_found · session.not_found
 */
export const reportCommand: BatchCommand<NewReport, Facts, Report, Report[]> = {
  name: 'report',
  subjectsOf: ({ reporterId }) => [reporterId],
  async read(trx, inputs) {
    const [users, rows, [clock]] = await Promise.all([
      trx.read(readUsers, [inputs.map(({ userId }) => userId)]),
      trx.read(readParticipants, [inputs.flatMap(({ sessionId }) => sessionId ?? [])]),
      trx.read(readClock, []),
    ]);
    const participants = new Set(rows.map((row) => `${row.session_id} ${row.user_id}`));
    return {
      users: new Set(users.map(({ id }) => id)),
      participants,
      now: clock?.now ?? new Date(0),
    };
  },
  decide({ users, participants, now }, inputs) {
    const rows: Row[] = [];
    const outcomes = inputs.map((input) => {
      const { reporterId, userId, sessionId } = input;
      if (reporterId === userId) return { error: aboutOneself() };
      if (!users.has(userId)) return { error: new FoyerError('user.not_found') };
      const wereTogether = [reporterId, userId].every((id) =>
        participants.has(`${sessionId} ${id}`),
      );
      if (sessionId && !wereTogether) return { error: new FoyerError('session.not_found') };
      const row = rowOf(input, now);
      rows.push(row);
      return { ok: reportOf(row) };
    });
    const values = [JSON.stringify(rows)];
    return {
      outcomes,
      writes: rows.length > 0 ? [{ statement: insertReports, values }] : [],
      effects: rows.map(reportOf),
    };
  },
};

function aboutOneself(): FoyerError {
  const errors = [{ path: 'userId', message: 'is yourself' }];
  return new FoyerError('request.invalid', { detail: 'Nobody can report themselves.', errors });
}

const rowOf = (report: NewReport, now: Date): Row => ({
  id: newId(),
  reporter_id: report.reporterId,
  user_id: report.userId,
  session_id: report.sessionId ?? null,
  reason: report.reason,
  note: report.note ?? null,
  state: 'open',
  created_at: now,
});

interface Page {
  state?: Report['state'] | undefined;
  /** The last id of the previous page. */
  before?: string | undefined;
  limit: number;
}

/** Newest first. */
export async function listReports(db: Knex, { state, before, limit }: Page): Promise<Report[]> {
  const rows = await rowsOf<Row>(
    db.raw(
      `select * from reports
        where (:state::text is null or state = :state) and (:before::uuid is null or id < :before)
        order by id desc limit :limit`,
      { state: state ?? null, before: before ?? null, limit },
    ),
  );
  return rows.map(reportOf);
}

/**
 * Sets the state of a report, audited. Repeating it changes nothing. A reopened report keeps who closed it
 * last. @throws {FoyerError} report.not_found
 */
export async function changeReport(
  db: Knex,
  { id, state, actorId }: { id: string; state: Report['state']; actorId: string },
): Promise<Report> {
  return db.transaction(async (trx) => {
    const before: Row | undefined = await trx('reports').where({ id }).forUpdate().first();
    if (!before) throw new FoyerError('report.not_found');
    if (before.state === state) return reportOf(before);
    const changes =
      state === 'closed'
        ? { state, closed_at: trx.fn.now(), closed_by: actorId }
        : { state, closed_at: null };
    await trx('reports').where({ id }).update(changes);
    const data = { from: before.state, to: state };
    await audit.record(trx, { actorId, action: 'report.change', target: id, data });
    return reportOf({ ...before, state });
  });
}
