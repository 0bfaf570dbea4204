import { expect } from 'chai';
import { newId } from '../../ids.ts';
import { type PlanRecorder, planFaults, recordPlans } from '../support/query-plans.ts';
import { useServices } from '../support/services.ts';
import { fillSessions } from './fill.ts';

describe('the guard over query plans', () => {
  const t = useServices();
  let plans: PlanRecorder;

  before(async () => {
    plans = await recordPlans(t.databaseUrl);
  });
  after(() => plans.db.destroy());

  const faults = async (sql: string, bindings: unknown[]) => {
    plans.take();
    await plans.db.raw(sql, bindings as string[]);
    return planFaults(plans.take());
  };

  it('sees a sequential scan of a table that grows', async () => {
    const found = await faults('select id from sessions where language = ?', ['de']);
    expect(found).to.have.length(1);
    expect(found[0]).to.match(/^sequential scan of sessions/);
  });

  it('sees a table that is read as a whole for a hashed subplan', async () => {
    await fillSessions(t.db, 2_000);
    const found = await faults(
      `select x.id, exists (select from sessions s where s.id = x.id) as done
         from unnest(?::uuid[]) as x (id)`,
      [Array.from({ length: 500 }, newId)],
    );
    expect(found).to.have.length(1);
    expect(found[0]).to.contain('sessions');
  });

  it('passes lookups by key', async () => {
    const ids = Array.from({ length: 50 }, newId);
    const scalar = `select x.id, (select true from sessions s where s.id = x.id limit 1) as done
                      from unnest(?::uuid[]) as x (id)`;
    expect(await faults(scalar, [ids])).to.deep.equal([]);
    expect(await faults('select id from sessions where id = any(?::uuid[])', [ids])).to.deep.equal(
      [],
    );
  });
});
