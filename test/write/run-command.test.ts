import { expect } from 'chai';
import type { Knex } from 'knex';
import { runCommand } from '../../db/write/run-command.ts';
import { useServices } from '../support/services.ts';
import { waitFor } from '../support/wait-for.ts';
import { counterValue, createCounters, keyed, raiseCounter, renderCounter } from './counters.ts';

const codeOf = (error: { code?: string; message: string }) => `! ${error.code ?? error.message}`;

describe('a single command', () => {
  const t = useServices();
  let holder: Knex.Transaction | undefined;

  beforeEach(() => createCounters(t.db, ['a']));
  afterEach(() => holder?.rollback());

  const options = () => ({
    db: t.db,
    command: raiseCounter,
    render: renderCounter,
    requestId: 'r',
  });

  it('runs at most once for its key', async () => {
    const run = () => runCommand({ id: 'a', by: 1 }, { ...options(), key: keyed('single') });
    const answers = await Promise.all([run(), run(), run()]);
    expect(new Set(answers.map(({ text }) => text)).size).to.equal(1);
    expect(await counterValue(t.db, 'a')).to.equal(1);
  });

  it('waits for its row, until its deadline', async () => {
    const held = await t.db.transaction();
    holder = held;
    await held.raw(`select 1 from tallies where id = 'a' for update`);
    const late = await runCommand({ id: 'a', by: 1 }, { ...options(), budgetMs: 60 }).catch(codeOf);
    expect(late).to.equal('! service.unavailable');
    const waiting = runCommand({ id: 'a', by: 1 }, options());
    await waitFor(async () => {
      const { rows } = await t.db.raw('select 1 from pg_locks where not granted');
      return rows.length;
    });
    await held.rollback();
    expect(await waiting).to.include({ status: 201, replayed: false });
  });

  it('renders a conflict, and throws what is no answer', async () => {
    const conflict = await runCommand({ id: 'a', by: 1, end: 'conflict' }, options());
    expect(conflict.status).to.equal(409);
    const missing = await runCommand({ id: 'x', by: 1 }, options()).catch(codeOf);
    expect(missing).to.equal('! user.not_found');
  });
});
