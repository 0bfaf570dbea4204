import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';

/** A socket.io server in a separate process that only forwards events: no store, no rules, no ordering. */

export type FromBareRelay = { kind: 'ready'; port: number };
const send = (message: FromBareRelay) => process.send?.(message);

const httpServer = createServer();
const io = new Server(httpServer, { transports: ['websocket'], perMessageDeflate: false });
io.on('connection', (socket) => {
  void socket.join(`user:${String(socket.handshake.auth['token'])}`);
  socket.on('relay', ({ to, candidate }: Signal, ack: (answer: unknown) => void) => {
    io.to(`user:${to}`).emit('relay', { candidate });
    ack({ ok: true, data: { seq: 1 } });
  });
});
interface Signal {
  to: string;
  candidate: unknown;
}
httpServer.listen(0, '127.0.0.1', () =>
  send({ kind: 'ready', port: (httpServer.address() as AddressInfo).port }),
);
