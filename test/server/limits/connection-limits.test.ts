import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { loadConfig } from '../../../config.ts';
import { createClientAddress } from '../../../server/limits/client-address.ts';
import { createConnectionLimits } from '../../../server/limits/connection-limits.ts';
import { createTokenBuckets } from '../../../server/limits/token-buckets.ts';

const config = (env: Record<string, string> = {}) =>
  loadConfig({
    DATABASE_URL: 'postgres://x',
    REDIS_URL: 'redis://x',
    AUTH_SECRET: 'x',
    PUBLIC_URL: 'https://foyer.example',
    ...env,
  });

function request(address: string, headers: Record<string, string> = {}): IncomingMessage {
  const socket = Object.assign(new EventEmitter(), { remoteAddress: address });
  return { socket, headers: { host: 'foyer.example', ...headers } } as unknown as IncomingMessage;
}

function open(limits: ReturnType<typeof createConnectionLimits>, req: IncomingMessage) {
  let outcome = '';
  limits.allowRequest(req, (error, ok) => {
    outcome = ok ? 'ok' : String(error);
  });
  return outcome;
}

describe('connection limits', () => {
  it('bound the connections of an address, and count closes', () => {
    const limits = createConnectionLimits(config({ MAX_CONNECTIONS_PER_ADDRESS: '2' }), () => 0);
    const first = request('1.1.1.1');
    expect(open(limits, first)).to.equal('ok');
    expect(open(limits, request('1.1.1.1'))).to.equal('ok');
    expect(open(limits, request('1.1.1.1'))).to.equal('connection.limited');
    expect(open(limits, request('::ffff:1.1.1.1'))).to.equal('connection.limited');
    expect(open(limits, request('1.1.1.2'))).to.equal('ok');
    first.socket.emit('close');
    limits.closed(first);
    expect(limits.open).to.equal(2);
    expect(open(limits, request('1.1.1.1'))).to.equal('ok');
  });

  it('bound all connections of the instance', () => {
    const limits = createConnectionLimits(config({ MAX_CONNECTIONS: '1' }), () => 0);
    expect(open(limits, request('1.1.1.1'))).to.equal('ok');
    expect(open(limits, request('1.1.1.2'))).to.equal('connection.limited');
  });

  it('bound how fast an address connects, after a burst', () => {
    let now = 0;
    const env = { CONNECTION_RATE: '2', CONNECTION_BURST: '3' };
    const limits = createConnectionLimits(config(env), () => now);
    const tries = () => Array.from({ length: 5 }, () => open(limits, request('1.1.1.1')));
    expect(tries().filter((outcome) => outcome === 'ok')).to.have.lengthOf(3);
    now += 1000;
    expect(tries().filter((outcome) => outcome === 'ok')).to.have.lengthOf(2);
  });

  it('take pages of our own and of named origins only, once any is named', () => {
    const limits = createConnectionLimits(config({ CORS_ORIGINS: 'https://a.example' }), () => 0);
    const from = (origin: string) => open(limits, request('1.1.1.1', { origin }));
    expect(from('https://a.example')).to.equal('ok');
    expect(from('https://foyer.example')).to.equal('ok');
    expect(from('https://evil.example')).to.equal('auth.forbidden');
    expect(from('null')).to.equal('auth.forbidden');
    expect(open(limits, request('1.1.1.1'))).to.equal('ok');
  });

  it('spare loopback when embedded, and everyone when switched off', () => {
    const embedded = { FOYER_EMBEDDED: 'on', CONNECTION_BURST: '1' };
    const limits = createConnectionLimits(config(embedded), () => 0);
    const twice = (address: string) => [1, 2].map(() => open(limits, request(address)));
    expect(twice('127.0.0.1')).to.deep.equal(['ok', 'ok']);
    expect(twice('1.1.1.1')).to.deep.equal(['ok', 'connection.limited']);
    const off = { RATE_LIMITS: 'off', CONNECTION_BURST: '1', MAX_CONNECTIONS: '1' };
    const free = createConnectionLimits(config(off), () => 0);
    expect([1, 2].map(() => open(free, request('1.1.1.1')))).to.deep.equal(['ok', 'ok']);
  });

  it('remember a bounded number of addresses', () => {
    const take = createTokenBuckets({ perSecond: 1, burst: 1, now: () => 0, size: 2 });
    expect(['a', 'b', 'c', 'a', 'c'].map((name) => take(name))).to.deep.equal([
      true,
      true,
      true,
      true,
      false,
    ]);
  });
});

describe('the address of a client', () => {
  const forwarded = { 'x-forwarded-for': '9.9.9.9, 8.8.8.8' };

  it('is the connection’s, whatever it claims', () => {
    expect(createClientAddress([])(request('1.1.1.1', forwarded))).to.equal('1.1.1.1');
    expect(createClientAddress(['10.0.0.0/8'])(request('1.1.1.1', forwarded))).to.equal('1.1.1.1');
  });

  it('is what the nearest trusted proxies wrote', () => {
    expect(createClientAddress(['10.0.0.0/8'])(request('10.0.0.1', forwarded))).to.equal('8.8.8.8');
    const both = createClientAddress(['10.0.0.1', '8.8.8.8']);
    expect(both(request('::ffff:10.0.0.1', forwarded))).to.equal('9.9.9.9');
    const odd = request('10.0.0.1', { 'x-forwarded-for': 'rubbish' });
    expect(both(odd)).to.equal('10.0.0.1');
  });
});
