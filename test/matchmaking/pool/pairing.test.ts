import { expect } from 'chai';
import fc from 'fast-check';
import {
  bucketsOf,
  compatible,
  pairingOf,
  type Waiting,
} from '../../../db/matchmaking/pool/pairing.ts';
import { languages } from './crowds.ts';

const waiting = (userId: string): fc.Arbitrary<Waiting> =>
  fc.tuple(languages, fc.integer({ min: 0, max: 3 })).map(([spoken, joinedUs]) => ({
    ...spoken,
    userId,
    requestId: `request-${userId}`,
    joinedUs,
  }));

describe('matchmaking: the pairing rule', () => {
  it('pairs exactly when each speaks what the other practises', () => {
    fc.assert(
      fc.property(waiting('a'), waiting('b'), (a, b) => {
        const both =
          a.practice.some((code) => b.native.includes(code)) &&
          a.native.some((code) => b.practice.includes(code));
        expect(compatible(a, b)).to.equal(both);
        expect(pairingOf(a, b) !== undefined).to.equal(both);
      }),
      { numRuns: 2_000 },
    );
  });

  it('does not depend on who is named first', () => {
    fc.assert(
      fc.property(waiting('a'), waiting('b'), (a, b) => {
        expect(pairingOf(a, b)).to.deep.equal(pairingOf(b, a));
      }),
    );
  });

  it('lets the person who waited longer practise their first language that the other speaks', () => {
    fc.assert(
      fc.property(waiting('a'), waiting('b'), (a, b) => {
        const pairing = pairingOf(a, b);
        if (!pairing) return;
        const older = a.joinedUs <= b.joinedUs ? a : b;
        const younger = older === a ? b : a;
        expect(pairing.practiceUserId).to.equal(older.userId);
        expect(pairing.nativeUserId).to.equal(younger.userId);
        const first = older.practice.find((code) => younger.native.includes(code));
        expect(pairing.language).to.equal(first);
      }),
    );
  });

  it('never pairs a person with themselves', () => {
    const twice = { userId: 'a', native: ['en'], practice: ['es'], joinedUs: 1, requestId: 'r' };
    const other = { ...twice, native: ['es'], practice: ['en'], requestId: 's' };
    expect(pairingOf(twice, other)).to.equal(undefined);
  });

  it('finds compatible people in mirrored buckets, and only them', () => {
    fc.assert(
      fc.property(waiting('a'), waiting('b'), (a, b) => {
        const mirrored = bucketsOf(a).map((bucket) => bucket.split('>').reverse().join('>'));
        expect(bucketsOf(b).some((bucket) => mirrored.includes(bucket))).to.equal(compatible(a, b));
      }),
    );
  });

  it('gives the example of the rule: two minutes of waiting decide the language', () => {
    const ana = { userId: 'ana', requestId: '1', native: ['es'], practice: ['en'], joinedUs: 0 };
    const bob = {
      userId: 'bob',
      requestId: '2',
      native: ['en'],
      practice: ['es'],
      joinedUs: 120e6,
    };
    expect(pairingOf(bob, ana)).to.deep.equal({
      language: 'en',
      practiceUserId: 'ana',
      nativeUserId: 'bob',
    });
  });
});
