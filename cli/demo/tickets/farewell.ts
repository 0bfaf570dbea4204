import { isClientError } from '../../../client/errors.ts';
import type { LoggedEvent } from '../../../contract/tickets.ts';
import { closeBranch, endTickets } from './branch.ts';
import { entryOf } from './history.ts';
import type { World } from './world.ts';

const PAGE = 100;
const AT_ONCE = 3;
/** Tickets that are asked for those who were called before them. */
const ASKED = 300;
/** Boards come within a second, and a display that lost one reads again within a minute. */
const BOARDS_MS = 70_000;

/** Ends everybody, closes the branch, and reads what became of it. */
export async function farewell(world: World): Promise<void> {
  const { staff, branch, history } = world;
  try {
    await endTickets(staff.http, branch.queues);
    await closeBranch(staff.http, branch);
    for (const { id } of branch.queues) await readLog(id, world);
    await inTurns([...history.endings.keys()], (id) => readEnding(id, world));
    const asked = [...history.endings.keys()].slice(-ASKED);
    await inTurns(asked, async (id) => {
      const { items } = await staff.http.readOvertakes({ id });
      history.explained.push({ ticketId: id, codes: items.map(({ code }) => code) });
    });
    await boards(world);
    history.isComplete = true;
  } catch (error) {
    // What could not be read proves nothing.
    if (!isClientError(error)) throw error;
    console.log(`tickets: the end could not be read: ${error.message}`);
  }
}

async function readLog(queueId: string, { staff, history }: World): Promise<void> {
  const log = history.logs.get(queueId);
  if (!log) return;
  for (let afterSeq = log.from; ; ) {
    const page: { items: LoggedEvent[]; headSeq: number } = await staff.http.listQueueEvents({
      ...{ id: queueId, afterSeq, limit: PAGE },
    });
    log.entries.push(...page.items.map(entryOf));
    log.head = page.headSeq;
    const last = page.items.at(-1);
    if (!last || last.seq >= page.headSeq) return;
    afterSeq = last.seq;
  }
}

async function readEnding(id: string, { staff, history }: World): Promise<void> {
  const { state } = await staff.http.readTicket({ id });
  history.endings.set(id, state);
}

async function boards({ history, now }: World): Promise<void> {
  const isBehind = () =>
    [...history.displays.values()].some(
      ({ queueId, seq }) => seq < (history.logs.get(queueId)?.head ?? 0),
    );
  for (const end = now() + BOARDS_MS; isBehind() && now() < end; )
    await new Promise((resolve) => setTimeout(resolve, 100));
}

async function inTurns<Item>(items: readonly Item[], act: (item: Item) => Promise<void>) {
  const left = [...items];
  const turn = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, turn));
}
