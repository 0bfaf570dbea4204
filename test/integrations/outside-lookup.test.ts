import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect } from 'chai';
import { createResolveOutside, type ResolveOutside } from '../../outside-lookup.ts';

/** The bytes of a DNS header that say: an answer without a fault, with `answers` records. */
const flagsOf = (answers: number) => [0x81, 0x80, 0, 1, 0, answers, 0, 0, 0, 0];
/** The name of the question, type A, class IN, 60 s, four bytes. */
const RECORD = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 8, 8, 8, 8];
const TYPE_A = 1;

describe('integrations: names of receivers', () => {
  let server: Socket;
  let resolve: ResolveOutside;

  before(async () => {
    server = createSocket('udp4');
    server.on('message', (query, { port, address }) => {
      if (query.includes('silent')) return;
      const end = query.indexOf(0, 12) + 5; // the question: a name, a type and a class
      const question = query.subarray(12, end);
      const isFour = question.readUInt16BE(question.length - 4) === TYPE_A;
      const answer = isFour && query.includes('fast') ? RECORD : [];
      const flags = flagsOf(answer.length > 0 ? 1 : 0);
      const bytes = [...query.subarray(0, 2), ...flags, ...question, ...answer];
      server.send(Buffer.from(bytes), port, address);
    });
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    resolve = createResolveOutside({
      servers: [`127.0.0.1:${server.address().port}`],
      timeoutMs: 300,
    });
  });
  after(() => void server.close());

  it('are found while the servers of many others are silent', async () => {
    let ended = 0;
    const silent = Array.from({ length: 20 }, (_, n) =>
      resolve(`silent-${n}.example`)
        .catch((error: { code: string }) => error.code)
        .finally(() => {
          ended += 1;
        }),
    );
    expect(await resolve('fast.example')).to.deep.equal([{ address: '8.8.8.8', family: 4 }]);
    expect(ended, 'those that ended before').to.equal(0);
    expect(new Set(await Promise.all(silent))).to.deep.equal(new Set(['ETIMEOUT']));
  });

  it('that have no address are an error', async () => {
    const error = await resolve('nowhere.example').catch((reason: { code: string }) => reason.code);
    expect(error).to.be.oneOf(['ENODATA', 'ENOTFOUND']);
  });
});
