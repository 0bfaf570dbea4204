import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { Server } from 'socket.io';
import { io as connect, type Socket } from 'socket.io-client';
import { loadConfig } from '../../../config.ts';
import { createConnectionLimits } from '../../../server/limits/connection-limits.ts';
import { waitFor } from '../../support/wait-for.ts';

describe('connection limits before a real upgrade', () => {
  const limits = createConnectionLimits(
    loadConfig({
      DATABASE_URL: 'postgres://x',
      REDIS_URL: 'redis://x',
      AUTH_SECRET: 'x',
      MAX_CONNECTIONS_PER_ADDRESS: '1',
      CORS_ORIGINS: 'https://a.example',
    }),
  );
  const httpServer = createServer();
  const sockets: Socket[] = [];
  let io: Server;
  before(async () => {
    const allowRequest = limits.allowRequest.bind(limits) as never;
    io = new Server(httpServer, { transports: ['websocket'], allowRequest });
    httpServer.listen(0, '127.0.0.1');
    await once(httpServer, 'listening');
  });
  after(async () => {
    for (const socket of sockets) socket.disconnect();
    await io.close();
  });

  const open = async (origin?: string) => {
    const socket = connect(`http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      ...(origin ? { extraHeaders: { origin } } : {}),
    });
    sockets.push(socket);
    const outcome = await new Promise<string>((resolve) => {
      socket.once('connect', () => resolve('connected'));
      socket.once('connect_error', () => resolve('refused'));
    });
    return { socket, outcome };
  };

  it('refuses one too many, and counts the one that left', async () => {
    const first = await open();
    expect(first.outcome).to.equal('connected');
    expect((await open()).outcome).to.equal('refused');
    first.socket.disconnect();
    await waitFor(() => limits.open === 0);
    const third = await open();
    expect(third.outcome).to.equal('connected');
    third.socket.disconnect();
    await waitFor(() => limits.open === 0);
  });

  it('refuses a page of another site', async () => {
    expect((await open('https://evil.example')).outcome).to.equal('refused');
    const allowed = await open('https://a.example');
    expect(allowed.outcome).to.equal('connected');
  });
});
