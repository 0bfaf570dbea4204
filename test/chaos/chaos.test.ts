import { expect } from 'chai';
import { pair } from '../support/person.ts';
import { failed, describe as report } from './report.ts';
import { run } from './run.ts';
import type { World } from './world/world.ts';

/** An arbitrary seed. Add seeds that have failed. */
const SEED = 19;

describe('chaos: a fleet under faults', () => {
  it('keeps the invariants in a short run', async function () {
    this.timeout(150_000);
    const outcome = await run({ seed: SEED, seconds: 18, people: 40, long: false });
    const words = report(outcome);
    console.log(words.replace(/^/gm, '      '));
    expect(failed(outcome), words).to.equal(false);
    expect(outcome.faults).to.not.be.empty;
    for (const table of ['sessions', 'tickets'])
      expect(outcome.changes.filter((change) => change.table === table).length).to.be.above(20);
  });

  it('is caught when it briefly matches a person twice', async function () {
    this.timeout(90_000);
    const outcome = await run({
      ...{ seed: SEED, seconds: 0, people: 6, long: false },
      meddle: matchTwice,
    });
    const broken = outcome.violations.flatMap(({ lines }) => lines);
    expect(broken.join('\n')).to.match(/nobody in two places: .* is in session .* and session /);
    // With the shortest history that proves it: the person and the two rows.
    expect(broken.join('\n')).to.match(/\n {4}.*insert session_participants .*live=true/);
  });
});

/** A live session of two people who are each in another one, which the database normally rejects. */
async function matchTwice({ db, urls }: World): Promise<void> {
  await db.raw('drop index one_live_session');
  const [one = '', two = ''] = urls;
  const first = await pair(one, two, 'planted');
  const second = await pair(two, one, 'planted');
  const people = [first.ana, first.bob, second.ana, second.bob];
  const id = crypto.randomUUID();
  const [practice, native] = [first.ana.userId, second.bob.userId];
  await db.transaction(async (trx) => {
    await trx.raw(
      `insert into sessions (id, pool, state, language, practice_user_id, native_user_id, created_at)
       values (?, 'planted', 'matched', 'en', ?, ?, now())`,
      [id, practice, native],
    );
    await trx.raw(
      `insert into session_participants (session_id, user_id, role, polite)
       values (:id, :practice, 'practice', true), (:id, :native, 'native', false)`,
      { id, practice, native },
    );
    await trx.raw("insert into session_events (session_id, seq, type) values (?, 1, 'matched')", [
      id,
    ]);
  });
  // Repaired at once: only the history still shows it.
  await db('session_participants').where({ session_id: id }).update({ live: false });
  await db('sessions').where({ id }).update({ state: 'failed', ended_at: db.fn.now() });
  for (const person of people) person.close();
}
