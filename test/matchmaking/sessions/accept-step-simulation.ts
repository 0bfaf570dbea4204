import { expect } from 'chai';
import { createMatchmaking } from '../../../server/matchmaking/operations.ts';
import { useServices } from '../../support/services.ts';
import { recordedContext, requestOf } from '../fixtures.ts';
import { bornAgo, clear, matchTwo, rollBackOpened, sessionOf } from '../matches.ts';
import { tableViolations } from '../violations.ts';

export const ACCEPT = { MATCH_ACCEPT_SECONDS: '20' };

/** Call at the top of a `describe`: real stores with the accept step on, and the table rules after each test. */
export function useAcceptStep() {
  const t = useServices();
  beforeEach(async () => {
    await clear(t);
    await bornAgo(t, 3_600_000);
  });
  afterEach(async () => {
    await rollBackOpened();
    expect(await tableViolations(t.db)).to.deep.equal([]);
  });

  const recorded = () => recordedContext(t, t.config(ACCEPT));
  return {
    t,
    recorded,
    held: () => matchTwo(t, ACCEPT),
    late: (id: string) =>
      t.db.raw("update sessions set accept_by = now() - '1 s'::interval where id = ?", [id]),
    outcome: async (...ids: string[]) => {
      const rows = await Promise.all(ids.map((id) => requestOf(t.db, id)));
      return rows.map(({ state, reason, requeues }) => [state, reason, requeues]);
    },
    ended: async (id: string) => {
      const { state, end_reason } = await sessionOf(t, id);
      return [state, end_reason];
    },
    /** What the server does when somebody asks for it, with what it pushed and enqueued. */
    asked: () => {
      const run = recorded();
      return { ...run, server: createMatchmaking(run.context as never, () => {}) };
    },
  };
}
