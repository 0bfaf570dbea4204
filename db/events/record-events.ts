import { newId } from '../../ids.ts';
import type { Db, Trx } from '../knex.ts';
import { rowsOf } from '../knex.ts';
import { defineStatement, type Write } from '../write/statement.ts';
import type { DomainEvent, WantedTypes } from './domain-event.ts';

const READ_WANTED = 'select types from webhook_wanted';
/** One row. Sent with BEGIN: a subscription receives what transactions write that begin after its 201. */
export const readWanted = defineStatement<{ types: string[] }>(READ_WANTED);

/** The ids are drawn by the insert, so after the locks of the subjects: an order by `seq` is theirs. */
const INSERT = `
  insert into webhook_events (id, type, subject, data)
  select x.id, x.type, x.subject, x.data
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
         with ordinality as x (id, type, subject, data, place)
   order by x.place`;
const insertStatement = defineStatement(INSERT);

/** @param rows what `readWanted` gave */
export const wantedTypes = (rows: readonly { types: string[] }[]): WantedTypes =>
  new Set(rows[0]?.types);

/** The write of those of the events that are wanted: at most one, and none when nobody wants any. */
export function eventsWrite(events: readonly DomainEvent[], wanted: WantedTypes): Write[] {
  const rows = events.filter(({ type }) => wanted.has(type));
  return rows.length === 0 ? [] : [{ statement: insertStatement, values: valuesOf(rows) }];
}

/**
 * The same inside a transaction of the query builder, for changes that are rare.
 * @returns whether anything was recorded; then call `ringEvents` after the commit
 */
export async function recordEvents(trx: Trx, events: readonly DomainEvent[]): Promise<boolean> {
  const wanted = wantedTypes(await rowsOf<{ types: string[] }>(trx.raw(READ_WANTED)));
  const rows = events.filter(({ type }) => wanted.has(type));
  if (rows.length === 0) return false;
  await trx.raw(INSERT.replaceAll(/\$\d/g, '?'), valuesOf(rows) as never);
  return true;
}

const valuesOf = (rows: readonly DomainEvent[]): unknown[][] => [
  rows.map(newId),
  rows.map(({ type }) => type),
  rows.map(({ subject }) => subject),
  rows.map(({ data }) => JSON.stringify(data())),
];

const listeners = new WeakMap<object, () => void>();

/** Calls `listener` after each commit on this pool that recorded events. One listener a pool. */
export const onEventsRecorded = (db: Db, listener: () => void): void =>
  void listeners.set(db, listener);
/** Events were committed: the sender should look. A lost call costs time, because a sweep looks too. */
export const ringEvents = (db: Db): void => listeners.get(db)?.();
