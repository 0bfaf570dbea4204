import { expect } from 'chai';
import { ConfigError, loadConfig } from '../../../config.ts';
import {
  iceServersFor,
  turnCredential,
} from '../../../server/matchmaking/signalling/ice-servers.ts';

const configured = (more: Record<string, string>) =>
  loadConfig({
    NODE_ENV: 'test',
    AUTH_SECRET: 'a-test-secret-of-more-than-32-bytes',
    DATABASE_URL: 'postgres://127.0.0.1/x',
    REDIS_URL: 'redis://127.0.0.1',
    ...more,
  });

describe('ICE servers', () => {
  it('signs the name as coturn does', () => {
    // printf %s '1700000000:ada' | openssl dgst -sha1 -hmac secret -binary | base64
    expect(turnCredential('secret', 'ada', 1_700_000_000)).to.deep.equal({
      username: '1700000000:ada',
      credential: 'lV8v9c9TsajfLXLkZIc5nnmtEng=',
    });
  });

  it('lists what is configured, in that order, and nothing else', () => {
    const none = iceServersFor(configured({}), 'ada', 0);
    expect(none.iceServers).to.deep.equal([]);
    const both = configured({
      STUN_URLS: 'stun:a.example, stun:b.example:3478',
      TURN_URLS: 'turn:a.example?transport=tcp,turns:a.example:5349',
      TURN_SECRET: 'secret',
    });
    const { iceServers, ttlSeconds } = iceServersFor(both, 'ada', 1_699_996_400.9);
    expect(iceServers).to.deep.equal([
      { urls: ['stun:a.example', 'stun:b.example:3478'] },
      {
        urls: ['turn:a.example?transport=tcp', 'turns:a.example:5349'],
        ...turnCredential('secret', 'ada', 1_699_996_400 + ttlSeconds),
      },
    ]);
  });

  const refused = (more: Record<string, string>) => {
    try {
      configured(more);
    } catch (error) {
      expect(error).to.be.instanceOf(ConfigError);
      return (error as Error).message;
    }
    return 'started';
  };

  it('does not start with relays that nobody could use', () => {
    const relay = { TURN_URLS: 'turn:a.example' };
    expect(refused(relay)).to.equal('TURN_SECRET: is required when TURN_URLS is set');
    expect(refused({ ...relay, TURN_SECRET: '' })).to.match(/^TURN_SECRET: is required/);
    const production = { NODE_ENV: 'production', ...relay, TURN_SECRET: 'change-me' };
    expect(refused(production)).to.equal('TURN_SECRET: must not be an example value');
    expect(refused({ ...relay, TURN_SECRET: 'x' })).to.equal('started');
  });

  it('does not start with addresses for which browsers would refuse the whole list', () => {
    expect(refused({ STUN_URLS: 'a.example' })).to.match(/^STUN_URLS: must start with stun:/);
    expect(refused({ STUN_URLS: 'stun:a.example,turn:a.example' })).to.match(/^STUN_URLS: /);
    const relay = { TURN_URLS: 'turn://a.example', TURN_SECRET: 'x' };
    expect(refused(relay)).to.match(/^TURN_URLS: must start with turn:/);
  });
});
