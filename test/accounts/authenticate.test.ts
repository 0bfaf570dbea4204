import { expect } from 'chai';
import { FoyerError } from '../../contract/errors.ts';
import { mintAccessToken } from '../../db/accounts/sign-in/access-token.ts';
import { insert } from '../../db/accounts/users.ts';
import { openDb } from '../../db/knex.ts';
import { closeRedis, openRedis } from '../../db/redis.ts';
import { newId } from '../../ids.ts';
import { createAuthenticator } from '../../server/auth.ts';
import { useServices } from '../support/services.ts';

describe('accounts: authentication', () => {
  const services = useServices();

  async function withAuthenticator(
    databaseUrl: string,
    work: (codeOf: (token: string | undefined) => Promise<string>) => Promise<void>,
  ): Promise<void> {
    const config = services.config({ DATABASE_URL: databaseUrl });
    const db = openDb(config);
    const subscriber = openRedis('subscriber', { url: services.redisUrl, log: services.log });
    const auth = createAuthenticator({ config, db, subscriber });
    await work(async (token) => {
      try {
        return (await auth.authenticate(token)).role;
      } catch (error) {
        return error instanceof FoyerError ? error.code : String(error);
      }
    });
    await db.destroy();
    closeRedis(subscriber);
  }
  const tokenOf = (userId: string, familyId: string | null = null) =>
    mintAccessToken(services.config(), { userId, role: 'user', version: 1, familyId });

  it('requires the token of an existing user', async () => {
    const user = await insert(services.db, { displayName: 'Ada', role: 'user' });
    await withAuthenticator(services.databaseUrl, async (codeOf) => {
      expect(await codeOf(undefined)).to.equal('auth.required');
      expect(await codeOf('')).to.equal('auth.required');
      expect(await codeOf(await tokenOf(user.id))).to.equal('user');
      expect(await codeOf(await tokenOf(user.id, newId()))).to.equal('auth.invalid');
      expect(await codeOf(await tokenOf(newId()))).to.equal('auth.invalid');
    });
  });

  it('checks only the signature while PostgreSQL is unavailable', async () => {
    await withAuthenticator('postgres://nobody@127.0.0.1:1/none', async (codeOf) => {
      expect(await codeOf(await tokenOf(newId()))).to.equal('service.unavailable');
      expect(await codeOf('forged')).to.equal('auth.invalid');
    });
  });
});
