import { expect } from 'chai';
import { untilReady } from '../../db/until-ready.ts';
import type { Log } from '../../log.ts';
import { useServices } from '../support/services.ts';
import { waitFor } from '../support/wait-for.ts';

describe('the wait for the stores at boot', () => {
  const services = useServices();

  it('says what is missing, first as information and then as a warning, until it is there', async () => {
    const { db, redis } = services;
    const lines: string[] = [];
    const write = (level: string) => (fields: object, text: string) =>
      void lines.push(`${level} ${JSON.stringify(fields)} ${text}`);
    const log = { info: write('info'), warn: write('warn') } as unknown as Log;
    const last = await db('knex_migrations').orderBy('id', 'desc').first();
    await db('knex_migrations').where({ id: last.id }).delete();
    let isReady = false;
    const ready = untilReady({ db, redis, log }).then(() => {
      isReady = true;
    });
    await waitFor(() => lines.length >= 2);
    expect(isReady).to.equal(false);
    expect(lines.slice(0, 2)).to.deep.equal([
      'info {"attempt":1} waiting: 1 migrations have not run (foyer migrate)',
      'warn {"attempt":2} waiting: 1 migrations have not run (foyer migrate)',
    ]);
    await db('knex_migrations').insert(last);
    await ready;
  });
});
