import { type Db, prepared, rowsOf } from '../../knex.ts';
import { TICKET_COLUMNS } from '../tickets/ticket-row.ts';

/** Tickets of one page of the walk, and of one transaction. */
const PAGE = 500;
/** Pages of one run that change something: 50,000 tickets a minute. */
const MAX_CHANGED = 100;

interface Page {
  /** The last id of the page; null at the end of the table. */
  last: string | null;
  /** The last ticket was created too late to be due, and so were those behind it. */
  isYoung: boolean;
  due: string[];
  /** Finished so long ago that only the name has to go: the deployment archives late. */
  named: string[];
}

/**
 * Ids grow with the time of creation, so the finished tickets that are due are at the beginning of the primary
 * key, between the few that live for long. This needs no index that every change of a ticket would write.
 */
const READ_PAGE = `
  with page as (
    select t.id, t.created_at, t.finished_at,
           t.customer_name is not null or t.user_id is not null as has_person
      from tickets t where t.id > :after::bigint order by t.id limit :limit::int),
  cutoff as (
    select clock_timestamp() - make_interval(hours => :hours::int) as archive,
           clock_timestamp() - make_interval(days => :days::int) as personal)
  select max(p.id)::text as last,
         coalesce((array_agg(p.created_at > c.archive order by p.id desc))[1], true) as "isYoung",
         coalesce(array_agg(p.id::text) filter (where p.finished_at < c.archive), '{}') as due,
         coalesce(array_agg(p.id::text) filter (
           where p.finished_at >= c.archive and p.finished_at < c.personal and p.has_person), '{}') as named
    from page p cross join cutoff c`;

/** The person of a ticket stands in columns of the history, and not in the ticket, so that it can be removed. */
const MOVE = `
  with due as (
    select t.id from tickets t
     where t.id = any(:ids::bigint[])
       and t.finished_at < clock_timestamp() - make_interval(hours => :hours::int)
     order by t.id for update skip locked),
  gone as (
    delete from tickets t using due d where t.id = d.id returning t.*),
  kept as (
    insert into ticket_history (id, queue_id, user_id, customer_name, finished_at, ticket)
    select t.id, t.queue_id, t.user_id, t.customer_name, t.finished_at,
           jsonb_build_object(
             'row', to_jsonb(r) - 'userId' - 'customerName',
             'names', jsonb_build_object('queueName', q.name, 'counterName', c.name))
      from gone t
      join queues q on q.id = t.queue_id
      left join counters c on c.id = t.counter_id
     cross join lateral (select ${TICKET_COLUMNS}) as r
    returning id)
  select count(*)::int as count from kept`;

const BLANK = `
  with named as (
    select t.id from tickets t
     where t.id = any(:ids::bigint[]) and t.finished_at is not null
     order by t.id for no key update skip locked),
  blanked as (
    update tickets t set customer_name = null, user_id = null
      from named n where t.id = n.id returning t.id)
  select count(*)::int as count from blanked`;

export interface Archived {
  moved: number;
  /** Tickets that stay for now and lost the name of their person. */
  blanked: number;
}

/**
 * Move the tickets that finished `archiveHours` ago to the history, as they are: it is no change of a ticket, and
 * writes no event. A ticket that somebody has locked, or that was reopened, stays.
 */
export async function archiveTickets(
  db: Db,
  { archiveHours, personalDays }: { archiveHours: number; personalDays: number },
  { page = PAGE, pages = MAX_CHANGED } = {},
): Promise<Archived> {
  const total = { moved: 0, blanked: 0 };
  let after = '0';
  for (let changed = 0; changed < pages; ) {
    const { last, isYoung, due, named } = await readPage(db, {
      ...{ after, limit: page, hours: archiveHours, days: personalDays },
    });
    if (due.length > 0) total.moved += await count(db, MOVE, { ids: due, hours: archiveHours });
    if (named.length > 0) total.blanked += await count(db, BLANK, { ids: named });
    if (last === null || isYoung) break;
    after = last;
    if (due.length > 0 || named.length > 0) changed += 1;
  }
  return total;
}

async function readPage(
  db: Db,
  bindings: { after: string; limit: number; hours: number; days: number },
): Promise<Page> {
  const [page] = await rowsOf<Page>(prepared(db, READ_PAGE, bindings));
  if (!page) throw new Error('an aggregate has a row');
  return page;
}

async function count(db: Db, sql: string, bindings: Record<string, unknown>): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(prepared(db, sql, bindings));
  return row?.count ?? 0;
}
