import { rowsOf } from '../../../../db/knex.ts';
import { streamOf } from '../../../../db/tickets/log/stream.ts';
import type { World } from '../../world/world.ts';

/** Streams that are behind their log, or lack one of its entries. */
export async function streamFaults({ db, redis }: World): Promise<string[]> {
  const queues = await rowsOf<{ id: string; head: number }>(
    db.raw(
      `select q.id::text as id, q.event_seq::float8 as head from queues q
        where (q.mode = 'auto' or q.stream) and q.event_seq > 0`,
    ),
  );
  const faults = await Promise.all(
    queues.map(async ({ id, head }) => {
      const seqs = await seqsOf(redis, id);
      const gap = seqs.find((seq, at) => at > 0 && seq !== (seqs[at - 1] ?? 0) + 1);
      const last = seqs.at(-1);
      if (last !== head) return [`the stream of queue ${id} ends at ${last}, its log at ${head}`];
      return gap === undefined ? [] : [`the stream of queue ${id} has a gap before ${gap}`];
    }),
  );
  return faults.flat();
}

const PAGE = 500;

/** In pages: one answer with a long run's entries takes longer than a command may. */
async function seqsOf(redis: World['redis'], queueId: string): Promise<number[]> {
  const seqs: number[] = [];
  for (let from = '-', isMore = true; isMore; ) {
    const entries = await redis.xrange(streamOf(queueId), from, '+', 'COUNT', PAGE);
    seqs.push(...entries.map(([entry]) => Number(entry.split('-')[0])));
    isMore = entries.length === PAGE;
    from = `(${entries.at(-1)?.[0] ?? '0'}`;
  }
  return seqs;
}
