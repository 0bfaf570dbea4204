import { expect } from 'chai';
import type { Report, Tokens } from '../../contract/accounts.ts';
import type { ProblemDocument } from '../../contract/problem.ts';
import { changeReport } from '../../db/accounts/reports.ts';
import { newId } from '../../ids.ts';
import { matchTwo } from '../matchmaking/matches.ts';
import { useServices } from '../support/services.ts';
import { PASSWORD, startApp, type TestApp } from './start-app.ts';

describe('accounts: reports', () => {
  const services = useServices();
  let app: TestApp;
  let me: Tokens;
  let bea: Tokens;
  before(async () => {
    app = await startApp(services);
    me = await app.guest('Ada');
    bea = await app.guest('Bea');
  });
  after(() => app.close());

  const report = (body: object) =>
    app.call<Report & ProblemDocument>('POST', '/v1/reports', { token: me.accessToken, body });
  const count = async () => Number((await services.db('reports').count('* as n').first())?.['n']);

  it('are listed for staff, newest first, and closed once', async () => {
    const first = await report({ userId: bea.user.id, reason: 'rude' });
    expect(first.status).to.equal(201);
    const { body } = await report({ userId: bea.user.id, reason: 'spam', note: 'adverts' });
    expect(body).to.include({ reporterId: me.user.id, userId: bea.user.id, state: 'open' });
    await app.register('warden');
    await services.db('users').where({ username: 'warden' }).update({ role: 'staff' });
    const login = { username: 'warden', password: PASSWORD };
    const signedIn = await app.call<Tokens>('POST', '/v1/auth/login', { body: login });
    const token = signedIn.body.accessToken;
    const list = await app.call<{ items: Report[] }>('GET', '/v1/reports?state=open', { token });
    expect(list.body.items.map(({ reason }) => reason)).to.deep.equal(['spam', 'rude']);
    const closed = await app.call<Report>('PATCH', `/v1/reports/${body.id}`, {
      token,
      body: { state: 'closed' },
    });
    expect(closed.body.state).to.equal('closed');
  });

  it('are changed by staff on record, and remember who closed them last', async () => {
    const [anna, bert] = [newId(), newId()];
    await services
      .db('users')
      .insert([anna, bert].map((id) => ({ id, display_name: 'Staff', role: 'staff' })));
    const { id } = (await report({ userId: bea.user.id, reason: 'rude' })).body;
    const change = (state: Report['state'], actorId: string) =>
      changeReport(services.db, { id, state, actorId });
    await change('closed', anna);
    await change('closed', bert);
    await change('open', bert);
    const row = await services.db('reports').where({ id }).first();
    expect(row).to.deep.include({ state: 'open', closed_at: null, closed_by: anna });
    const log = await services.db('audit_log').where({ target: id }).orderBy('id');
    expect(log.map(({ actor_id, data }) => [actor_id, data])).to.deep.equal([
      [anna, { from: 'open', to: 'closed' }],
      [bert, { from: 'closed', to: 'open' }],
    ]);
  });

  it('reject oneself, an unknown user, and a session without both users', async () => {
    const { ana, bob, sessionId } = await matchTwo(services);
    const before = await count();
    const codes = [];
    for (const body of [
      { userId: me.user.id, reason: 'rude' },
      { userId: newId(), reason: 'rude' },
      { userId: ana, reason: 'rude', sessionId },
      { userId: bob, reason: '' },
    ])
      codes.push((await report(body)).body.code);
    expect(codes).to.deep.equal([
      'request.invalid',
      'user.not_found',
      'session.not_found',
      'request.invalid',
    ]);
    expect(await count()).to.equal(before);
  });
});
