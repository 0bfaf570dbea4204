import { expect } from 'chai';
import type { Holder, TokenStatus } from '../../db/accounts/token-status.ts';
import { newId } from '../../ids.ts';
import { createTokenStatusCache } from '../../server/accounts/token-status-cache.ts';

const away = () => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
const person = (): Holder => ({ userId: newId(), familyId: newId() });

/** A table that the test changes, read through the memory under a clock that the test moves. */
function setUp() {
  const state = {
    version: 1,
    clock: 1_000,
    failure: undefined as Error | undefined,
    reads: [] as number[],
    /** While set, reads have looked at the table and wait to give their answer. */
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
    const standing = await cache.read(holder);
    return standing.gone ? 'gone' : standing.version;
  };
  return { state, cache, versionOf };
}

describe('accounts: the memory of statuses', () => {
  it('asks once for many at once, in one statement for many people', async () => {
    const { state, versionOf } = setUp();
    const [a, b] = [person(), person()];
    await Promise.all([versionOf(a), versionOf(a), versionOf(b), versionOf(a)]);
    expect(state.reads).to.deep.equal([2]);
    await versionOf(a);
    expect(state.reads).to.deep.equal([2]);
  });

  it('holds for less than a second', async () => {
    const { state, versionOf } = setUp();
    const a = person();
    await versionOf(a);
    state.version = 2;
    state.clock += 500;
    expect(await versionOf(a)).to.equal(1);
    state.clock += 499;
    expect(await versionOf(a)).to.equal(2);
  });

  it('forgets one sign-in, or all of a person', async () => {
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

  it('does not keep what was read before the revocation', async () => {
    const { state, cache, versionOf } = setUp();
    const a = person();
    let open = () => {};
    state.gate = new Promise((resolve) => {
      open = resolve;
    });
    const early = versionOf(a);
    await new Promise((resolve) => setImmediate(resolve)); // the read has seen the table
    state.version = 2;
    cache.forget({ userId: a.userId, familyId: null });
    const late = versionOf(a);
    open();
    expect(await early).to.equal(1);
    expect(await late).to.equal(2);
    expect(await versionOf(a)).to.equal(2);
  });

  it('decides alone for some seconds while PostgreSQL is away, and then no more', async () => {
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

  it('does not take a fault of ours for an outage', async () => {
    const { state, versionOf } = setUp();
    const a = person();
    await versionOf(a);
    state.failure = new Error('column does not exist');
    state.clock += 5_000;
    expect(await versionOf(a).catch((error: Error) => error.message)).to.include('column');
  });

  it('is bounded: whoever was read longest ago goes first', async () => {
    const { state, versionOf } = setUp();
    const first = person();
    await versionOf(first);
    await Promise.all(Array.from({ length: 10_000 }, () => versionOf(person())));
    const reads = state.reads.length;
    await versionOf(first);
    expect(state.reads.length).to.equal(reads + 1);
  });
});
