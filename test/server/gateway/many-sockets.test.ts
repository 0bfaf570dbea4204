import { once } from 'node:events';
import { expect } from 'chai';
import WebSocket from 'ws';
import { bounds } from '../../../config.ts';
import { newId } from '../../../ids.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { tokenOf } from '../app-under-test.ts';
import { startGateway, type TestGateway } from './start-gateway.ts';

describe('one connection', () => {
  const services = useServices();
  let one: TestGateway;
  let welcomed = 0;
  beforeEach(async () => {
    welcomed = 0;
    one = await startGateway(services, {
      env: { RATE_LIMITS: 'on' },
      onConnect: async () => {
        welcomed += 1;
      },
    });
  });
  afterEach(() => one.close());

  async function open() {
    const ws = new WebSocket(`ws://127.0.0.1:${one.port}/socket.io/?EIO=4&transport=websocket`);
    const heard: string[] = [];
    ws.on('message', (message) => heard.push(String(message)));
    await once(ws, 'message');
    return { ws, heard };
  }
  /** In one write, so that they arrive together. */
  function send(ws: WebSocket, packet: string, times: number): void {
    const tcp = (ws as unknown as { _socket: { cork(): void; uncork(): void } })._socket;
    tcp.cork();
    for (let n = 0; n < times; n += 1) ws.send(packet);
    tcp.uncork();
  }
  const connectPacket = () => `40${JSON.stringify({ token: tokenOf('user', newId()) })}`;

  it('that connects many times at once to / is closed, and has no second socket', async () => {
    const { ws } = await open();
    const closed = once(ws, 'close');
    send(ws, connectPacket(), 500);
    await closed;
    expect(welcomed).to.be.at.most(1);
  });

  it('that connects many times at once to /public is closed too', async () => {
    const { ws, heard } = await open();
    const closed = once(ws, 'close');
    send(ws, '40/public,', 500);
    await closed;
    expect(heard.filter((each) => each.startsWith('40/public')).length).to.be.at.most(1);
  });

  it('that connects and leaves in a loop is refused by the limit of its person', async () => {
    const { ws, heard } = await open();
    const packet = connectPacket();
    const refused = () => heard.some((each) => /^44.*connection\.limited/.test(each));
    ws.on('message', (message) => {
      if (!String(message).startsWith('40')) return;
      ws.send('41');
      setImmediate(() => setImmediate(() => ws.send(packet)));
    });
    ws.send(packet);
    await waitFor(() => refused() || welcomed > 2 * bounds.personPointBurst, { what: 'a refusal' });
    expect(refused(), `${welcomed} connects`).to.equal(true);
    ws.terminate();
  });
});
