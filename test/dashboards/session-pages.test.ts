import { expect } from 'chai';
import { sinceFirst } from '../../dashboards/matchmaking/timeline.ts';
import { appendSignals } from '../../db/matchmaking/signalling/signals.ts';
import { newId } from '../../ids.ts';
import { accept, clear, connected, leave, matchTwo, step } from '../matchmaking/matches.ts';
import { useServices } from '../support/services.ts';
import { useAdmin, type Visitor } from './admin-under-test.ts';

const LIST = '/admin/matchmaking/sessions';

describe('admin: the pages of sessions', () => {
  const services = useServices();
  const admin = useAdmin(services);
  let staff: Visitor;
  beforeEach(async () => {
    await clear(services);
    staff = await admin.as('staff');
  });

  /** The cells of the rows of a table of the page. */
  const rowsOf = (text: string, heading: string): string[][] => {
    const table = text.split(`<h2>${heading}</h2>`)[1]?.split('</table>')[0] ?? '';
    const body = table.split('<tbody>')[1] ?? '';
    return body
      .split('<tr>')
      .slice(1)
      .map((row) =>
        row
          .split(/<t[dh][^>]*>/)
          .slice(1)
          .map((cell) => cell.replace(/<[^>]+>/g, '').trim()),
      );
  };
  const pageOf = async (id: string) => (await staff.get(`${LIST}/${id}`)).text;
  const happened = async (id: string) =>
    rowsOf(await pageOf(id), 'What happened').map(([, what, who]) => [what, who]);
  const nameOf = async (id: string) =>
    (await services.db('users').where({ id }).first('display_name')).display_name;

  it('show a session from the join to the feedback and the reports', async () => {
    const { sessionId, ana, bob } = await matchTwo(services);
    await step(services, sessionId, { kind: 'signal', userId: bob });
    for (const command of [connected(ana), connected(bob), leave(bob)])
      await step(services, sessionId, command);
    const note = 'A <b>lively</b> talk.';
    await services
      .db('session_feedback')
      .insert({ session_id: sessionId, user_id: ana, rating: 4, note });
    const report = { id: newId(), reporter_id: bob, user_id: ana, session_id: sessionId };
    await services.db('reports').insert({ ...report, reason: 'rude' });
    const [anas, bobs] = [await nameOf(ana), await nameOf(bob)];
    expect(await happened(sessionId)).to.deep.equal([
      ['Joined the queue', anas],
      ['Joined the queue', bobs],
      ['Matched', 'Foyer'],
      ['Began to connect', bobs],
      ['Connected', anas],
      ['Both are connected', bobs],
      ['Ended', bobs],
      ['Rated the call 4 of 5', anas],
      [`Reported ${anas} (open)`, bobs],
    ]);
    const text = await pageOf(sessionId);
    expect(text).to.contain('A &lt;b&gt;lively&lt;/b&gt; talk.');
    expect(text).to.contain('<dd>completed: left</dd>');
    const [first, ...later] = rowsOf(text, 'What happened').map(([after]) => after);
    expect(first).to.equal('0.00 s');
    for (const after of later) expect(after).to.match(/^(\+\d|0\.00 s)/);
  });

  it('show the accept step, and where the requests went', async () => {
    const { sessionId, ana, bob } = await matchTwo(services, { MATCH_ACCEPT_SECONDS: '30' });
    await step(services, sessionId, accept(bob));
    await step(services, sessionId, { kind: 'decline', userId: ana });
    const [anas, bobs] = [await nameOf(ana), await nameOf(bob)];
    expect((await happened(sessionId)).slice(2)).to.deep.equal([
      ['Matched', 'Foyer'],
      ['Accepted the match', bobs],
      ['Failed', anas],
    ]);
    const people = rowsOf(await pageOf(sessionId), 'People');
    const requests = Object.fromEntries(people.map((row) => [row[0], row.at(-1)]));
    expect(requests).to.deep.equal({ [anas]: 'cancelled: declined', [bobs]: 'waiting' });
  });

  it('count signals while they are kept, and create no log by that', async () => {
    const { sessionId, ana } = await matchTwo(services);
    const signals = async () => rowsOf(await pageOf(sessionId), 'People').map((row) => row[6]);
    expect(await signals()).to.deep.equal(['–', '–']);
    expect(await services.redis.keys('*signals*')).to.deep.equal([]);
    const candidate = { candidate: null };
    await appendSignals(services.redis, { sessionId, from: ana }, [candidate, candidate] as never);
    expect(await signals()).to.have.members(['2', '–']);
  });

  it('list the newest sessions first, page by page', async () => {
    const ids: string[] = [];
    for (let at = 0; at < 3; at++) ids.unshift((await matchTwo(services)).sessionId);
    const { text } = await staff.get(LIST);
    const listed = [...text.matchAll(/sessions\/([0-9a-f-]{36})"/g)].map(([, id]) => id);
    expect(listed).to.deep.equal([...ids].sort().reverse());
    const older = await staff.get(`${LIST}?before=${listed[0]}`);
    expect(older.text).to.contain(listed[1]).and.not.contain(listed[0]);
  });

  it('find a session by its id, and say what is no id', async () => {
    const { sessionId } = await matchTwo(services);
    const found = await staff.get(`${LIST}?id=%20${sessionId.toUpperCase()}`);
    expect([found.status, found.headers.get('location')]).to.deep.equal([
      303,
      `${LIST}/${sessionId}`,
    ]);
    expect((await staff.get(`${LIST}?id=x`)).text).to.contain('This is not a session id.');
    for (const id of [newId(), 'x', "1'--"]) {
      const { status, text } = await staff.get(`${LIST}/${id}`, { accept: 'text/html' });
      expect(status, id).to.equal(404);
      expect(text).to.contain('There is no session with this id.');
    }
  });

  it('say how long after the first event each one came', () => {
    const first = new Date('2026-01-01T00:00:00Z');
    const after = (seconds: number) =>
      sinceFirst(first, new Date(first.getTime() + seconds * 1000));
    expect([0, 0.04, 14.24, 185, 3720].map(after)).to.deep.equal([
      ...['0.00 s', '+0.04 s', '+14.2 s', '+3 min 05 s', '+1 h 02 min'],
    ]);
  });
});
