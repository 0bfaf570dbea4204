import { expect } from 'chai';
import fc from 'fast-check';
import { compatible } from '../../db/matchmaking/pool/pairing.ts';
import { selectRequests } from '../../db/matchmaking/requests/request-row.ts';
import { useServices } from '../support/services.ts';
import { addUsers, joinIndexed, learnsEnglish, learnsSpanish } from './fixtures.ts';
import { claimAll } from './matches.ts';
import { openSimulation, scenarios } from './simulation.ts';
import { indexViolations, tableViolations } from './violations.ts';

describe('matchmaking: whatever happens at the same time', () => {
  const t = useServices();

  const pairKey = (a: string, b: string) => [a, b].sort().join(' ');
  /** Who must not meet from now on: blocked, or failed with each other. */
  async function apart(): Promise<Set<string>> {
    const { rows } = await t.db.raw(`
      select user_id as a, blocked_id as b from blocks
      union select practice_user_id, native_user_id from sessions where state = 'failed'`);
    return new Set(rows.map(({ a, b }: { a: string; b: string }) => pairKey(a, b)));
  }
  const sessions = () => t.db('sessions').select('id', 'practice_user_id', 'native_user_id');

  /** How the accept steps came out. */
  const acceptEnds = async (): Promise<string[]> => {
    const { rows } = await t.db.raw(`
      select case when connect_by is not null then 'accepted' else coalesce(end_reason, 'open') end
             as outcome
        from sessions where accept_by is not null`);
    return rows.map(({ outcome }: { outcome: string }) => outcome);
  };

  /** A newcomer gets the one who waits longest of all who fit and may be met. */
  async function expectOrder(): Promise<void> {
    for (const body of [learnsEnglish, learnsSpanish]) {
      const waiting = await selectRequests(t.db)
        .whereRaw("r.state = 'waiting'")
        .orderBy(['r.joined_at', 'r.id']);
      const first = waiting.find((row) => compatible(row, body));
      const [newcomer = ''] = await addUsers(t.db, 1);
      await joinIndexed(t, newcomer, body);
      const claims = await claimAll(t, { walk: true });
      const met = claims.map(({ first: one, second }) => [one.userId, second.userId]);
      expect(met).to.deep.equal(first ? [[first.user_id, newcomer]] : []);
      await t
        .db('match_requests')
        .whereIn('user_id', met.flat())
        .update({ state: 'expired', reason: 'x' });
    }
  }

  /** Named in the message: a scenario that broke a rule once may not do so again. */
  const expectNone = (violations: string[]) => expect(violations.join('\n')).to.equal('');

  it('nobody is matched twice, lost, or matched with a person they must not meet', async function () {
    // Many crowds of transactions at once, for which a busy machine has to find the time.
    this.timeout(180_000);
    let made = 0;
    const accepts: Record<string, number> = {};
    await fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        const simulation = await openSimulation(t);
        for (const group of scenario) {
          const [known, never] = [new Set((await sessions()).map(({ id }) => id)), await apart()];
          // A command that throws is a violation: a deadlock, a violated index, a refused statement.
          await Promise.all(group.map((command) => simulation.run(command)));
          for (const { id, practice_user_id: a, native_user_id: b } of await sessions())
            if (!known.has(id)) expect(never.has(pairKey(a, b))).to.equal(false);
          expectNone(await tableViolations(t.db));
        }
        await simulation.drain();
        expectNone(await tableViolations(t.db));
        expectNone(await indexViolations(t.db, t.redis));
        made += (await sessions()).length;
        for (const end of await acceptEnds()) accepts[end] = (accepts[end] ?? 0) + 1;
        await expectOrder();
      }),
      { numRuns: 22, endOnFailure: true },
    );
    // Scenarios in which nobody ever meets would prove nothing.
    expect(made).to.be.above(40);
    expect(accepts['accepted']).to.be.above(1);
  });
});
