import { expect } from 'chai';
import { changeRole } from '../../db/accounts/change-role.ts';
import { endFamily, openFamily, rotate } from '../../db/accounts/sign-in/refresh-tokens.ts';
import { publishRevocation, type Revocation } from '../../db/accounts/sign-in/revocations.ts';
import { insert } from '../../db/accounts/users.ts';
import { closeRedis, openRedis, type RedisClient } from '../../db/redis.ts';
import { newId } from '../../ids.ts';
import { recheck, watchRevocations } from '../../server/accounts/revocation.ts';
import { useServices } from '../support/services.ts';
import { waitFor } from '../support/wait-for.ts';

describe('accounts: revocations', () => {
  const services = useServices();
  let subscriber: RedisClient;
  beforeEach(() => {
    subscriber = openRedis('subscriber', { url: services.redisUrl, log: services.log });
  });
  afterEach(() => closeRedis(subscriber));

  it('reach every subscriber until it unsubscribes; malformed messages are ignored', async () => {
    const heard: Revocation[] = [];
    const stop = watchRevocations(subscriber, (revocation) => heard.push(revocation));
    await subscriber.ping();
    const revocation = { userId: newId(), familyId: newId() };
    await services.redis.publish('accounts:revoked', 'not json');
    await services.redis.publish('accounts:revoked', '{"userId":"me"}');
    await publishRevocation(services.redis, revocation);
    await publishRevocation(services.redis, { ...revocation, familyId: null });
    await waitFor(() => heard.length === 2);
    expect(heard).to.deep.equal([revocation, { ...revocation, familyId: null }]);
    stop();
    await publishRevocation(services.redis, revocation);
    await subscriber.ping();
    expect(heard).to.have.length(2);
  });

  it('report a gap after a lost connection is subscribed again', async () => {
    let gaps = 0;
    const heard: Revocation[] = [];
    const onGap = () => {
      gaps += 1;
    };
    watchRevocations(subscriber, (revocation) => heard.push(revocation), onGap);
    await subscriber.ping();
    const before = gaps;
    const id = await subscriber.client('ID');
    await services.redis.client('KILL', 'ID', id);
    await waitFor(() => gaps > before, { what: 'the gap' });
    await publishRevocation(services.redis, { userId: newId(), familyId: null });
    await waitFor(() => heard.length === 1);
  });

  it('are found by a recheck of the connected callers', async () => {
    const { db } = services;
    const signIn = async (name: string) => {
      const { id, version } = await insert(db, { displayName: name, role: 'guest' });
      const { familyId, refreshToken } = await openFamily(db, id);
      return { caller: { userId: id, familyId, version }, refreshToken };
    };
    const [stays, signedOut, raised, deleted] = await Promise.all(
      ['stays', 'signed out', 'raised', 'deleted'].map(signIn),
    );
    if (!stays || !signedOut || !raised || !deleted) throw new Error('four signed in');
    const other = { ...signedOut.caller, familyId: null };
    const callers = [stays, signedOut, raised, deleted].map(({ caller }) => caller);
    expect(await recheck(db, [...callers, other])).to.deep.equal([]);
    expect(await recheck(db, [])).to.deep.equal([]);

    await rotate(db, stays.refreshToken);
    await endFamily(db, signedOut.refreshToken);
    await changeRole(db, { userId: raised.caller.userId, role: 'staff', actorId: null });
    await db.raw('update users set deleted_at = now() where id = ?', [deleted.caller.userId]);
    const stranger = { userId: newId(), familyId: null, version: 1 };
    const borrowed = { ...stays.caller, familyId: raised.caller.familyId };
    const gone = await recheck(db, [...callers, other, stranger, borrowed]);
    expect(gone).to.deep.equal([...callers.slice(1), stranger, borrowed]);
  });
});
