import type { Knex } from 'knex';
import type { Report } from '../../contract/accounts.ts';
import { FoyerError } from '../../errors.ts';
import { newId } from '../../ids.ts';
import { rowsOf } from '../knex.ts';
import { findById } from './users.ts';

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

/**
 * Creates a report. A session can be named only if both users were in it.
 * @throws {FoyerError} request.invalid (oneself) · user.not_found · session.not_found
 */
export async function addReport(db: Knex, report: NewReport): Promise<Report> {
  const { reporterId, userId, sessionId, reason, note } = report;
  if (reporterId === userId) {
    const errors = [{ path: 'userId', message: 'is yourself' }];
    throw new FoyerError('request.invalid', { detail: "You can't report yourself.", errors });
  }
  if (!(await findById(db, userId))) throw new FoyerError('user.not_found');
  if (sessionId && !(await wereTogether(db, sessionId, [reporterId, userId])))
    throw new FoyerError('session.not_found');
  const [row] = await rowsOf<Row>(
    db.raw(
      `insert into reports (id, reporter_id, user_id, session_id, reason, note)
       values (?, ?, ?, ?, ?, ?) returning *`,
      [newId(), reporterId, userId, sessionId ?? null, reason, note ?? null],
    ),
  );
  if (!row) throw new Error('a statement with RETURNING returned no row');
  return reportOf(row);
}

async function wereTogether(db: Knex, sessionId: string, people: [string, string]) {
  const rows = await rowsOf<{ user_id: string }>(
    db.raw(
      'select user_id from session_participants where session_id = ? and user_id = any(?::uuid[])',
      [sessionId, people],
    ),
  );
  return rows.length === 2;
}

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

/** Sets the state of a report. Repeating it changes nothing. @throws {FoyerError} report.not_found */
export async function changeReport(
  db: Knex,
  { id, state, actorId }: { id: string; state: Report['state']; actorId: string },
): Promise<Report> {
  const [row] = await rowsOf<Row>(
    db.raw(
      `update reports
          set state = :state,
              closed_at = case when :state = 'closed' then coalesce(closed_at, now()) end,
              closed_by = case when :state = 'closed' then coalesce(closed_by, :actorId) end
        where id = :id returning *`,
      { id, state, actorId },
    ),
  );
  if (!row) throw new FoyerError('report.not_found');
  return reportOf(row);
}
