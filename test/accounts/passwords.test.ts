import { expect } from 'chai';
import { FoyerError } from '../../contract/errors.ts';
import { boundedSlots, hashPassword, verifyPassword } from '../../db/accounts/sign-in/passwords.ts';

describe('accounts: passwords', () => {
  it('match their own hash with any characters', async () => {
    for (const password of ['ten letters', 'пароль-пароль', 'a\u0000bcdefghij', '🗝'.repeat(10)]) {
      const hash = await hashPassword(password);
      expect(await verifyPassword(hash, password)).to.equal(true);
      expect(await verifyPassword(hash, `${password}.`)).to.equal(false);
    }
  });

  it('never match without a hash', async () => {
    expect(await verifyPassword(null, 'anything at all')).to.equal(false);
    expect(await verifyPassword(undefined, '')).to.equal(false);
  });

  it('are hashed a few at a time, in order, and rejected beyond a bound', async () => {
    const slots = boundedSlots(2, 3);
    const ends: (() => void)[] = [];
    const begun: number[] = [];
    const work = (n: number) => () => {
      begun.push(n);
      return new Promise<number>((resolve) => ends.push(() => resolve(n)));
    };
    const all = [1, 2, 3, 4, 5].map((n) => slots(work(n)));
    const refused = await slots(work(6)).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(FoyerError).with.property('code', 'service.unavailable');
    expect(begun).to.deep.equal([1, 2]);
    for (let n = 0; n < 5; n += 1) {
      ends[n]?.();
      await all[n];
      expect(begun.length).to.equal(Math.min(5, n + 3));
    }
    expect(begun).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('release their slot when hashing fails', async () => {
    const slots = boundedSlots(1, 1);
    const fail = () => Promise.reject(new Error('no memory'));
    const failures = [slots(fail), slots(fail)].map((work) => work.catch(() => 'failed'));
    expect(await Promise.all(failures)).to.deep.equal(['failed', 'failed']);
    expect(await slots(async () => 'done')).to.equal('done');
  });
});
