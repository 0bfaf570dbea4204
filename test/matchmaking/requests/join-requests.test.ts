import { expect } from 'chai';
import { isOlder } from '../../../db/matchmaking/pool/pairing.ts';
import { type Join, joinRequests } from '../../../db/matchmaking/requests/join-requests.ts';
import { newId } from '../../../ids.ts';
import { useServices } from '../../support/services.ts';
import {
  addUsers,
  asks,
  hot,
  join,
  learnsEnglish,
  learnsSpanish,
  requestOf,
  TTL,
} from '../fixtures.ts';
import { clear, codeOf, leave, matchTwo, requestsOf, step } from '../matches.ts';

describe('matchmaking: joining', () => {
  const t = useServices();
  beforeEach(() => clear(t));

  const batch = (...joins: Join[]) => hot(t, (trx) => joinRequests(trx, joins, TTL));
  const someone = async () => (await addUsers(t.db, 1))[0] ?? '';

  it('writes a waiting request that lives for the whole time', async () => {
    const ana = await someone();
    const body = { ...asks(['es', 'ca'], ['en', 'fr']), level: 3, topics: ['films'] };
    const [outcome] = await batch({ userId: ana, body });
    if (!outcome || !('request' in outcome)) throw new Error('no request');
    expect(outcome.created).to.equal(true);
    const row = await requestOf(t.db, outcome.request.id);
    expect(row).to.include({ user_id: ana, pool: 'default', state: 'waiting', level: 3 });
    expect(row).to.deep.include({ native: ['es', 'ca'], practice: ['en', 'fr'] });
    expect(row).to.deep.include({ topics: ['films'], version: 1, requeues: 0, session_id: null });
    expect(row.expires_at - row.joined_at).to.be.within(TTL * 1000, TTL * 1000 + 1);
    expect(Math.floor(Number(outcome.request.joined_us) / 1000)).to.equal(row.joined_at.getTime());
  });

  it('answers the same again with the same request, and something else with a conflict', async () => {
    const ana = await someone();
    const first = await join(t.db, ana, learnsEnglish);
    const others = [
      asks(['es'], ['en'], 'another'),
      asks(['es'], ['fr']),
      asks(['ca'], ['en']),
      { ...learnsEnglish, level: 1 },
      { ...learnsEnglish, topics: ['films'] },
    ];
    const [again] = await batch({ userId: ana, body: { ...learnsEnglish, topics: [] } });
    expect(again).to.deep.equal({ request: first, created: false });
    for (const body of others) {
      const [outcome] = await batch({ userId: ana, body });
      expect(codeOf(outcome)).to.equal('match.already_waiting');
    }
    expect(await requestsOf(t, ana)).to.have.length(1);
  });

  it('refuses a person in a live session, until it ends', async () => {
    const { ana, sessionId } = await matchTwo(t);
    const [busy] = await batch({ userId: ana, body: learnsEnglish });
    expect(codeOf(busy)).to.equal('session.already_active');
    await step(t, sessionId, leave(ana));
    const request = await join(t.db, ana, learnsEnglish);
    expect(request.state).to.equal('waiting');
    const states = (await requestsOf(t, ana)).map(({ state }) => state);
    expect(states).to.deep.equal(['cancelled', 'waiting']);
  });

  it('decides each item of a batch apart', async () => {
    const { ana: busy } = await matchTwo(t);
    const [eva = '', fay = ''] = await addUsers(t.db, 2);
    await join(t.db, fay, learnsEnglish);
    const outcomes = await batch(
      { userId: newId(), body: learnsEnglish },
      { userId: busy, body: learnsEnglish },
      { userId: eva, body: learnsEnglish },
      { userId: fay, body: learnsSpanish },
      { userId: fay, body: learnsEnglish },
    );
    expect(outcomes.map(codeOf)).to.deep.equal([
      'auth.invalid',
      'session.already_active',
      'none',
      'match.already_waiting',
      'none',
    ]);
    expect(outcomes[2]).to.include({ created: true });
    expect(outcomes[4]).to.include({ created: false });
  });

  it('folds one person in a batch: the first decides, the same gets it too', async () => {
    const ana = await someone();
    const outcomes = await batch(
      { userId: ana, body: learnsEnglish },
      { userId: ana, body: learnsSpanish },
      { userId: ana, body: { ...learnsEnglish } },
    );
    const [first, other, same] = outcomes;
    if (!first || !('request' in first) || !same || !('request' in same))
      throw new Error('no request');
    expect(first.created).to.equal(true);
    expect(codeOf(other)).to.equal('match.already_waiting');
    expect(same).to.deep.equal({ request: first.request, created: false });
    expect(await requestsOf(t, ana)).to.have.length(1);
  });

  it('gives everyone in a crowd at once the one request, in any order of arrival', async () => {
    const ana = await someone();
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, at) =>
        batch({ userId: ana, body: at % 3 === 0 ? learnsSpanish : learnsEnglish }),
      ),
    );
    const rows = await requestsOf(t, ana);
    expect(rows).to.have.length(1);
    const all = outcomes.flat();
    expect(all.filter((one) => 'created' in one && one.created)).to.have.length(1);
    for (const one of all) {
      if ('request' in one) expect(one.request.id).to.equal(rows[0].id);
      else expect(codeOf(one)).to.equal('match.already_waiting');
    }
  });

  it('never lets batches of the same people in other orders block each other', async () => {
    for (let round = 0; round < 8; round += 1) {
      const people = await addUsers(t.db, 20);
      const orders = [people, [...people].reverse(), people.slice(7).concat(people.slice(0, 7))];
      const outcomes = await Promise.all(
        orders.map((order) => batch(...order.map((userId) => ({ userId, body: learnsEnglish })))),
      );
      const made = outcomes.flat().filter((one) => 'created' in one && one.created);
      expect(made).to.have.length(20);
      expect(outcomes.flat().every((one) => 'request' in one)).to.equal(true);
    }
  });

  it('lets people of one batch wait in the order of their arrival', async () => {
    const people = await addUsers(t.db, 200);
    const order = people.map((userId, at) => ({ userId, at: (at * 83) % 200 }));
    order.sort((a, b) => a.at - b.at);
    const outcomes = await batch(...order.map(({ userId }) => ({ userId, body: learnsEnglish })));
    const places = outcomes.map((one) => {
      if (!('request' in one)) throw new Error('refused');
      return { joinedUs: Number(one.request.joined_us), requestId: one.request.id };
    });
    for (const [at, place] of places.slice(1).entries()) {
      const before = places[at];
      if (before) expect(isOlder(before, place)).to.equal(true);
    }
    expect(new Set(places.map(({ joinedUs }) => joinedUs)).size).to.be.above(1);
  });
});
