import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import {
  createPostToOutside,
  type PostAnswer,
} from '../../workers/integrations/outside-request.ts';

describe('integrations: requests to hostile receivers', () => {
  const post = createPostToOutside({ allowPrivate: true, timeoutMs: 300 });
  after(() => post.close());

  /** What comes of a request to a receiver that does this when it has the request. */
  async function answerOf(answer: (socket: Socket) => void, scheme = 'http'): Promise<PostAnswer> {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.once('data', () => answer(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      return await post(
        `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/`,
        '{}',
        {},
      );
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  }
  const forever = (socket: Socket, text: string) => {
    const write = () => !socket.destroyed && socket.write(text.repeat(1_000), write);
    write();
  };

  it('ends when the receiver switches protocols', async () => {
    const answer = await answerOf((socket) =>
      socket.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    );
    expect(answer).to.deep.equal({
      status: null,
      error: 'the connection was closed without an answer',
    });
  });

  it('takes the status of an answer whose body does not come, breaks off or is malformed', async () => {
    for (const body of [
      'content-length: 9\r\n\r\n',
      'content-length: 9\r\n\r\nabc',
      'transfer-encoding: chunked\r\n\r\nno length\r\n',
    ]) {
      const answer = await answerOf((socket) => socket.write(`HTTP/1.1 200 OK\r\n${body}`));
      expect(answer, body).to.deep.equal({ status: 200, error: null });
    }
  });

  it('ends when the headers or the interim answers do not', async () => {
    const headers = await answerOf((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      forever(socket, 'x: y\r\n');
    });
    expect(headers).to.deep.equal({ status: null, error: 'HPE_HEADER_OVERFLOW' });
    const interim = await answerOf((socket) => forever(socket, 'HTTP/1.1 100 Continue\r\n\r\n'));
    expect(interim).to.deep.equal({ status: null, error: 'no answer within 0.3 s' });
  });

  it('sends to a URL whose scheme is written in capitals', async () => {
    const answer = await answerOf((socket) => socket.end('HTTP/1.1 204 No\r\n\r\n'), 'HTTP');
    expect(answer).to.deep.equal({ status: 204, error: null });
  });
});
