import { expect } from 'chai';
import type { Report, Tokens } from '../../contract/accounts.ts';
import type { ProblemDocument } from '../../contract/problem.ts';
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
