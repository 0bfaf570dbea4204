import { expect } from 'chai';
import { bounds } from '../../config.ts';
import type { TableRetention } from '../../db/define.ts';
import { tables } from '../../db/domains.ts';
import { enforceRetention } from '../../db/maintenance/enforce-retention.ts';
import { newId } from '../../ids.ts';
import { useServices } from '../support/services.ts';

const { sessionDays, unusedGuestDays, matchRequestDays } = bounds.retention;

describe('retention', () => {
  const t = useServices();
  const of = (name: string): TableRetention => {
    const found = tables.find(({ table }) => table === name);
    if (!found) throw new Error(`no retention for ${name}`);
    return found;
  };
  const daysAgo = (days: number) => t.db.raw('now() - make_interval(days => ?)', [days]);
  const count = async (table: string) => Number((await t.db(table).count('* as n').first())?.['n']);

  async function user(created: number, role = 'guest'): Promise<string> {
    const id = newId();
    await t.db('users').insert({
      id,
      role,
      display_name: 'Somebody',
      created_at: daysAgo(created),
    });
    return id;
  }

  async function endedSession(practice: string, native: string, ended: number): Promise<string> {
    const id = newId();
    await t.db('sessions').insert({
      ...{ id, pool: 'default', state: 'completed', language: 'de' },
      ...{ practice_user_id: practice, native_user_id: native },
      ...{ created_at: daysAgo(ended + 1), ended_at: daysAgo(ended), end_reason: 'left' },
    });
    for (const [user_id, role] of [
      [practice, 'practice'],
      [native, 'native'],
    ])
      await t
        .db('session_participants')
        .insert({ session_id: id, user_id, role, polite: role === 'native', live: false });
    await t.db('session_events').insert({ session_id: id, seq: 1, type: 'matched' });
    return id;
  }

  it('deletes ended sessions with all that belongs to them, and keeps the younger ones', async () => {
    const [a, b] = [await user(1, 'user'), await user(1, 'user')];
    await endedSession(a, b, sessionDays + 1);
    const young = await endedSession(a, b, sessionDays - 1);
    expect(await enforceRetention(t.db, of('sessions'))).to.equal(1);
    for (const table of ['session_participants', 'session_events'])
      expect(await t.db(table).distinct('session_id'), table).to.deep.equal([
        { session_id: young },
      ]);
  });

  it('deletes in bounded statements until nothing is left', async () => {
    const owner = await user(1, 'user');
    const rows = Array.from({ length: 25 }, () => ({
      ...{ id: newId(), pool: 'default', user_id: owner, state: 'expired' },
      ...{ native: ['de'], practice: ['es'] },
      ...{ joined_at: daysAgo(matchRequestDays + 1), expires_at: daysAgo(matchRequestDays + 1) },
    }));
    await t.db('match_requests').insert(rows);
    const retention = of('match_requests');
    expect(await enforceRetention(t.db, retention, { batches: 2, batchSize: 10 })).to.equal(20);
    expect(await enforceRetention(t.db, retention, { batchSize: 10 })).to.equal(5);
    expect(await count('match_requests')).to.equal(0);
  });

  it('deletes a guest to whose row nothing refers, and no other account', async () => {
    await t.db('sessions').delete();
    await t.db('users').delete();
    const unused = await user(unusedGuestDays + 1);
    const kept = [
      await user(unusedGuestDays - 1),
      await user(unusedGuestDays + 1, 'user'),
      await user(unusedGuestDays + 1),
    ];
    await t.db('refresh_tokens').insert({
      ...{ id: newId(), user_id: kept[2], family_id: newId(), token_hash: Buffer.from('x') },
      expires_at: t.db.raw("now() + interval '1 day'"),
    });
    expect(await enforceRetention(t.db, of('users'))).to.equal(1);
    const left = (await t.db('users').select('id')).map(({ id }) => id);
    expect(left).to.have.members(kept).and.not.include(unused);
  });

  it('keeps a guest who has a live ticket, until it is over', async () => {
    const owner = await user(unusedGuestDays + 3);
    const ticket = { queue_id: 1, prefix: 'A', number: 1, user_id: owner };
    const at = {
      effective_at: t.db.fn.now(),
      created_at: t.db.fn.now(),
      updated_at: t.db.fn.now(),
    };
    await t.db('tickets').insert({ ...ticket, ...at, state: 'waiting' });
    expect(await enforceRetention(t.db, of('users'))).to.equal(0);
    await t.db('tickets').update({ state: 'done', finished_at: t.db.fn.now() });
    expect(await enforceRetention(t.db, of('users'))).to.equal(1);
  });

  it('leaves a row that somebody has locked to the next run', async () => {
    const owner = await user(unusedGuestDays + 2);
    await t.db.transaction(async (trx) => {
      await trx.raw('select from users where id = ? for update', [owner]);
      expect(await enforceRetention(t.db, of('users'))).to.equal(0);
    });
    expect(await enforceRetention(t.db, of('users'))).to.equal(1);
  });
});
