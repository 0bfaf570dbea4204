import { newId } from '../../ids.ts';
import type { Db, Trx } from '../knex.ts';
import { rowsOf } from '../knex.ts';
import { defineStatement, type Write } from '../write/statement.ts';
import type { DomainEvent, WantedTypes } from './domain-event.ts';

const READ_WANTED = 'select types from webhook_wanted';
/**
 * Reads one row. Sent with BEGIN: a subscription receives the events of transactions that begin after its
 * 201.
 */
export const readWanted = defineStatement<{ types: string[] }>(READ_WANTED);

/**
 * The insert draws `seq` after the subjects are locked, so the order of `seq` is the order of their changes.
 */
const INSERT = `
  insert into webhook_events (id, type, subject, data)
  select x.id, x.type, x.subject, x.data
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
         with ordinality as x (id, type, subject, data, place)
   order by x.place`;
const insertStatement = defineStatement(INSERT);

/** The wanted types. @param rows the result of `readWanted` */
export const wantedTypes = (rows: readonly { types: string[] }[]): WantedTypes =>
  new Set(rows[0]?.types);

/** The write that inserts the wanted events, or an empty list when none is wanted. */
export function eventsWrite(events: readonly DomainEvent[], wanted: WantedTypes): Write[] {
  const rows = events.filter(({ type }) => wanted.has(type));
  return rows.length === 0 ? [] : [{ statement: insertStatement, values: valuesOf(rows) }];
}

/**
 * Insert the wanted events inside a transaction of the query builder. Only for rare changes; the others use
 * `commitWith` of a hot transaction. The transaction must already hold the locks of the subjects.
 * @returns whether it inserted events. If so, call `notifyEventsRecorded` after the commit
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

/** Sets the one listener of this pool. It is called after each commit that recorded events. */
export const onEventsRecorded = (db: Db, listener: () => void): void =>
  void listeners.set(db, listener);
/** Tells the listener that events were committed. Best-effort: a sweep finds the events of a lost call. */
export const notifyEventsRecorded = (db: Db): void => listeners.get(db)?.();
