import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { type Spread, spreadOf } from '../measure/percentiles.ts';

/** The raw baselines in a separate process: a socket.io server that only acks, and a Redis subscriber. */

export const CHANNEL = 'bench-publish';
export type FromBare = { kind: 'ready'; port: number } | { kind: 'heard'; latency: Spread };

const send = (message: FromBare) => process.send?.(message);

function start(redisUrl: string): void {
  const httpServer = createServer();
  const io = new Server(httpServer, { transports: ['websocket'], perMessageDeflate: false });
  io.on('connection', (socket) => {
    socket.on('echo', (payload: unknown, ack: (answer: unknown) => void) => {
      ack({ ok: true, data: payload });
    });
  });
  const latencies: number[] = [];
  const subscriber = new Redis(redisUrl);
  // Both processes use the same monotonic clock.
  subscriber.on('smessage', (_channel, sentNs: string) => {
    latencies.push(Number(process.hrtime.bigint() - BigInt(sentNs)) / 1e6);
  });
  process.on('message', () => send({ kind: 'heard', latency: spreadOf(latencies) }));
  httpServer.listen(0, '127.0.0.1', async () => {
    await subscriber.ssubscribe(CHANNEL);
    send({ kind: 'ready', port: (httpServer.address() as AddressInfo).port });
  });
}

process.once('message', (redisUrl: string) => start(redisUrl));
