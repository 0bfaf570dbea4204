import { type FoundChange, upkeepCommand } from '../../db/tickets/work/upkeep-command.ts';
import type { SharedRows } from '../../db/write/command.ts';
import { hotTransaction } from '../../db/write/hot-transaction.ts';
import { isContention } from '../../db/write/run-alone.ts';
import { runIn } from '../../db/write/run-in.ts';
import { ticketEvents } from '../../effects/tickets/events.ts';
import type { JobContext } from '../deps.ts';
import { announceTickets } from './announce.ts';

/** Tickets of one transaction: the lock of a queue is held for a few milliseconds. */
const BATCH = 100;
const LOCK_MS = 2_000;

/** Apply what a sweep has found. Returns how many tickets changed. */
export async function upkeep(context: JobContext, found: readonly FoundChange[]): Promise<number> {
  let changed = 0;
  for (let at = 0; at < found.length; at += BATCH) {
    const batch = found.slice(at, at + BATCH);
    const { outcomes, effects } = await run(context, batch, 'wait').catch((error) => {
      // A queue that stays locked holds up the others once.
      if (!isContention(error)) throw error;
      return run(context, batch, 'skip');
    });
    announceTickets(context, effects);
    changed += outcomes.filter((one) => one !== 'locked' && 'ok' in one && one.ok).length;
  }
  return changed;
}

const run = ({ db }: JobContext, batch: readonly FoundChange[], shared: SharedRows) =>
  hotTransaction(db, (trx) => runIn(trx, upkeepCommand, batch, 'skip', ticketEvents, shared), {
    lockTimeoutMs: LOCK_MS,
  });
