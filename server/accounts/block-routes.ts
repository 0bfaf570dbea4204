import * as contract from '../../contract/accounts.ts';
import { id } from '../../contract/fields.ts';
import * as blocks from '../../db/accounts/blocks.ts';
import { avoidPair } from '../../jobs/matchmaking.ts';
import type { ServerDeps } from '../deps.ts';
import { decodeCursor, pageOf } from '../routes/cursor.ts';
import { type MountedRoute, mount } from '../routes/route.ts';

/** The routes of blocks. */
export const blockRoutes = (deps: ServerDeps): MountedRoute[] => [
  mount(contract.listBlocks, async ({ query, caller, db }) => {
    const after = decodeCursor(query.cursor, id);
    const page = { userId: caller.userId, after, limit: query.limit + 1 };
    const rows = await blocks.list(db, page);
    return { status: 200, body: pageOf(rows, query.limit, (person) => person.id) };
  }),

  mount(contract.block, async ({ params, caller, db, requestId }) => {
    const { userId } = caller;
    const otherId = params.userId;
    await blocks.add(db, { userId, blockedId: otherId });
    // Both may be waiting for a match. A match in progress is checked again when its session is created.
    void deps.tryEnqueue(avoidPair, { userId, otherId }, { requestId });
    return { status: 204 };
  }),

  mount(contract.unblock, async ({ params, caller, db }) => {
    await blocks.remove(db, { userId: caller.userId, blockedId: params.userId });
    return { status: 204 };
  }),
];
