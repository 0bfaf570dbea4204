import { expect } from 'chai';
import { mintAccessToken } from '../../../db/accounts/sign-in/access-token.ts';
import { publishRevocation } from '../../../db/accounts/sign-in/revocations.ts';
import { insert } from '../../../db/accounts/users.ts';
import { closeRedis, openRedis, type RedisClient } from '../../../db/redis.ts';
import { createAuthenticator } from '../../../server/auth.ts';
import type { Authenticator, Caller } from '../../../server/deps.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { payloadsOf, startGateway, type TestClient, type TestGateway } from './start-gateway.ts';

describe('tokens of live sockets', () => {
  const services = useServices();
  let subscriber: RedisClient;
  let real: Authenticator;
  let one: TestGateway;
  /** As the gateway holds them. */
  const callers = new Map<string, Caller>();
  /** Called between the check of the token at the handshake and the connect. */
  let meanwhile: (userId: string) => Promise<void> = async () => {};

  before(async () => {
    subscriber = openRedis('subscriber', { url: services.redisUrl, log: services.log });
    real = createAuthenticator({ config: services.config(), db: services.db, subscriber });
    await subscriber.ping();
    one = await startGateway(services, {
      auth: {
        async authenticate(token) {
          const caller = await real.authenticate(token);
          await meanwhile(caller.userId);
          callers.set(caller.userId, caller);
          return caller;
        },
        check: (caller) => real.check(caller),
      },
    });
  });
  after(async () => {
    await one.close();
    closeRedis(subscriber);
  });
  afterEach(() => {
    meanwhile = async () => {};
  });

  async function signIn(): Promise<{ userId: string; token: string }> {
    const user = await insert(services.db, {
      displayName: 'Somebody',
      role: 'guest',
    });
    const claims = { userId: user.id, role: user.role, version: user.version, familyId: null };
    return { userId: user.id, token: await mintAccessToken(services.config(), claims) };
  }
  const endTokens = (userId: string) =>
    services.db('users').where({ id: userId }).increment('version', 1);
  const closingOf = (client: TestClient) =>
    payloadsOf(client, 'connection:closing').map(({ code }) => code);
  const welcomed = (client: TestClient) =>
    waitFor(() => payloadsOf(client, 'state:current').length > 0, { what: 'the welcome' });

  it('end a socket whose token was revoked between the handshake and the connect', async () => {
    const { token } = await signIn();
    meanwhile = async (userId) => {
      const caller = await real.authenticate(token);
      await endTokens(userId);
      await publishRevocation(services.redis, { userId, familyId: null });
      await waitFor(
        () =>
          real.check(caller).then(
            () => false,
            () => true,
          ),
        {
          what: 'the message',
        },
      );
    };
    const client = one.dial('/', token);
    await waitFor(() => closingOf(client).length > 0, { what: 'the end' });
    expect(closingOf(client)).to.deep.equal(['auth.invalid']);
    await waitFor(() => !client.socket.connected);
  });

  it('end at the next recheck when the message was lost; others stay', async () => {
    const [ana, bob] = [await signIn(), await signIn()];
    const [atAna, atBob] = [one.dial('/', ana.token), one.dial('/', bob.token)];
    await welcomed(atAna);
    await welcomed(atBob);
    await endTokens(ana.userId);
    await one.gateway.recheck();
    await waitFor(() => !atAna.socket.connected);
    expect(closingOf(atAna)).to.deep.equal(['auth.invalid']);
    expect(atBob.socket.connected).to.equal(true);
  });

  it('end with auth.expired when they have expired', async () => {
    const { token, userId } = await signIn();
    const client = one.dial('/', token);
    await welcomed(client);
    const caller = callers.get(userId);
    if (caller) caller.expiresAtMs = Date.now() - 1;
    await one.gateway.recheck();
    await waitFor(() => !client.socket.connected);
    expect(closingOf(client)).to.deep.equal(['auth.expired']);
  });
});
