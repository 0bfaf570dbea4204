import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { waitFor } from '../../support/wait-for.ts';
import { type Link, startLink } from './link.ts';

describe('chaos: a link', () => {
  let echo: Server;
  let link: Link;
  before(async () => {
    echo = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(
      0,
      '127.0.0.1',
    );
    await once(echo, 'listening');
    link = await startLink('a/b', (echo.address() as AddressInfo).port);
  });
  after(async () => {
    await link.close();
    echo.close();
  });
  afterEach(() => link.restore());
  async function dial() {
    const socket = connect(link.port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    const heard = { text: '' };
    socket.on('data', (chunk) => {
      heard.text += chunk;
    });
    return { socket, heard };
  }

  it('forwards everything in order', async () => {
    const socket = connect(link.port, '127.0.0.1');
    const sent = 'x'.repeat(3_000_000);
    socket.end(sent);
    expect((await text(socket)).length).to.equal(sent.length);
  });

  it('forwards nothing while stalled and everything afterwards', async () => {
    const { socket, heard } = await dial();
    socket.write('one ');
    await waitFor(() => heard.text === 'one ');
    link.stall();
    socket.write('two ');
    const { socket: other, heard: elsewhere } = await dial();
    other.write('three');
    expect(heard.text + elsewhere.text).to.equal('one ');
    await link.restore();
    await waitFor(() => heard.text === 'one two ' && elsewhere.text === 'three');
    socket.destroy();
    other.destroy();
  });

  it('delays data when slow and keeps the order when it is fast again', async () => {
    const { socket, heard } = await dial();
    link.slow(60);
    const began = performance.now();
    socket.write('one ');
    await waitFor(() => heard.text === 'one ');
    expect(performance.now() - began).to.be.greaterThan(110);
    socket.write('two ');
    await link.restore();
    socket.write('three');
    await waitFor(() => heard.text === 'one two three');
    socket.destroy();
  });

  it('closes and refuses connections while cut', async () => {
    const { socket } = await dial();
    const broken = new Promise((resolve) => socket.once('close', resolve));
    await link.cut();
    await broken;
    const refused = connect(link.port, '127.0.0.1');
    const [error] = await once(refused, 'error');
    expect(error.code).to.equal('ECONNREFUSED');
    await link.restore();
    const { socket: again } = await dial();
    again.destroy();
  });
});
