import { expect } from 'chai';
import type { Holder, TokenStatus } from '../../db/accounts/sign-in/token-status.ts';
import { newId } from '../../ids.ts';
import { createTokenStatusCache } from '../../server/accounts/token-status-cache.ts';

const away = () => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
const person = (): Holder => ({ userId: newId(), familyId: newId() });

/** A table that the test changes, read through the cache with a clock that the test controls. */
function setUp() {
  const state = {
    version: 1,
    clock: 1_000,
    failure: undefined as Error | undefined,
    reads: [] as number[],
    /** While set, reads have read the table but do not return yet. */
    gate: undefined as Promise<void> | undefined,
  };
  const cache = createTokenStatusCache(
    async (holders) => {
      state.reads.push(holders.length);
      const seen: TokenStatus = { gone: false, role: 'user', version: state.version };
      await state.gate;
      if (state.failure) throw state.failure;
      return holders.map(() => seen);
    },
    () => state.clock,
  );
  const versionOf = async (holder: Holder) => {
    const status = await cache.read(holder);
    return status.gone ? 'gone' : status.version;
  };
  return { state, cache, versionOf };
}

describe('accounts: the token status cache', () => {
  it('reads once for concurrent callers, with one statement for many users', async () => {
    const { state, versionOf } = setUp();
    const [a, b] = [person(), person()];
    await Promise.all([versionOf(a), versionOf(a), versionOf(b), versionOf(a)]);
    expect(state.reads).to.deep.equal([2]);
    await versionOf(a);
    expect(state.reads).to.deep.equal([2]);
  });

  it('expires within a second', async () => {
    const { state, versionOf } = setUp();
    const a = person();
    await versionOf(a);
    state.version = 2;
    state.clock += 500;
    expect(await versionOf(a)).to.equal(1);
    state.clock += 499;
    expect(await versionOf(a)).to.equal(2);
  });

  it('removes one sign-in or all sign-ins of a user', async () => {
    const { state, cache, versionOf } = setUp();
    const a = person();
    const others = [{ ...a, familyId: newId() }, { ...a, familyId: null }, person()];
    const all = [a, ...others];
    const versions = () => Promise.all(all.map(versionOf));
    await versions();
    state.version = 2;
    cache.forget(a as { userId: string; familyId: string });
    expect(await versions()).to.deep.equal([2, 1, 1, 1]);
    cache.forget({ userId: a.userId, familyId: null });
    expect(await versions()).to.deep.equal([2, 2, 2, 1]);
  });

  it('does not cache a status that was read before the revocation', async () => {
    const { state, cache, versionOf } = setUp();
    const a = person();
    let open = () => {};
    state.gate = new Promise((resolve) => {
      open = resolve;
    });
    const early = versionOf(a);
    await new Promise((resolve) => setImmediate(resolve)); // the read has read the table
    state.version = 2;
    cache.forget({ userId: a.userId, familyId: null });
    const late = versionOf(a);
    open();
    expect(await early).to.equal(1);
    expect(await late).to.equal(2);
    expect(await versionOf(a)).to.equal(2);
  });

  it('serves cached entries for a few seconds while PostgreSQL is unavailable, and then rejects', async () => {
    const { state, versionOf } = setUp();
    const a = person();
    await versionOf(a);
    state.failure = away();
    state.clock += 5_000;
    expect(await versionOf(a)).to.equal(1);
    const reads = state.reads.length;
    expect(await versionOf(a)).to.equal(1);
    expect(state.reads.length, 'not every request waits for the outage').to.equal(reads);
    state.clock += 6_000;
    expect(await versionOf(a).catch((error: Error) => error.message)).to.equal('connect');
    expect(await versionOf(person()).catch((error: Error) => error.message)).to.equal('connect');
    state.failure = undefined;
    expect(await versionOf(a)).to.equal(1);
  });

  it('does not treat a bug as an outage', async () => {
    const { state, versionOf } = setUp();
    const a = person();
    await versionOf(a);
    state.failure = new Error('column does not exist');
    state.clock += 5_000;
    expect(await versionOf(a).catch((error: Error) => error.message)).to.include('column');
  });

  it('is bounded and evicts the least recently used entry', async () => {
    const { state, versionOf } = setUp();
    const first = person();
    await versionOf(first);
    await Promise.all(Array.from({ length: 10_000 }, () => versionOf(person())));
    const reads = state.reads.length;
    await versionOf(first);
    expect(state.reads.length).to.equal(reads + 1);
  });

  it('keeps an entry that is in use while it evicts others', async () => {
    const { state, versionOf } = setUp();
    const [first, second] = [person(), person()];
    await versionOf(first);
    await versionOf(second);
    await Promise.all(Array.from({ length: 9_998 }, () => versionOf(person())));
    await versionOf(first);
    await versionOf(person());
    const reads = state.reads.length;
    await versionOf(first);
    expect(state.reads.length).to.equal(reads);
    await versionOf(second);
    expect(state.reads.length).to.equal(reads + 1);
  });
});
