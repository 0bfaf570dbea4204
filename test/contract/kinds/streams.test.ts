import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { Readable, Writable } from 'node:stream';
import { expect } from 'chai';
import { bounds } from '../../../config.ts';
import { byteStream } from '../../../contract/answers.ts';
import { openApi } from '../../../contract/documents/openapi.ts';
import { sendStream } from '../../../server/routes/send-stream.ts';
import { type Ask, depsOf, serve } from '../../server/app-under-test.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { createValidator } from '../validator.ts';
import { mountKinds, NOTHING, type Seen } from './handlers.ts';
import * as kinds from './kinds.ts';

const KIB = 1024;
const path = '/v1/kinds/bytes';

describe('an answer that is a stream', () => {
  const services = useServices();
  const { faultsOf } = createValidator(openApi('1.0.0', 'http://x', { kinds }));
  let ask: Ask;
  let origin = '';
  const seen: Seen = { ...NOTHING, source: () => chunksOf(1) };
  const opened: IncomingMessage[] = [];
  before(async () => {
    ask = await serve(depsOf(services), mountKinds(seen));
    // The same app, for requests that read as they like.
    origin = (await ask('GET', path)).url.replace(path, '');
  });
  beforeEach(() => Object.assign(seen, { chunks: 0, isReleased: false }));
  afterEach(() => {
    for (const each of opened.splice(0)) each.destroy();
  });

  /** Chunks of 64 KiB, and a note of what became of their source. */
  async function* chunksOf(count: number, error?: Error) {
    try {
      for (let i = 0; i < count; i++) {
        seen.chunks += 1;
        yield Buffer.alloc(64 * KIB, i);
      }
      if (error) throw error;
    } finally {
      seen.isReleased = true;
    }
  }
  /** One byte, and then nothing for as long as anybody waits. */
  const endless = (): AsyncIterable<Uint8Array> => ({
    [Symbol.asyncIterator]() {
      let isFirst = true;
      return {
        next: async () => {
          if (!isFirst) await new Promise(() => {});
          isFirst = false;
          return { done: false, value: Buffer.alloc(1) };
        },
        return: async () => ({ done: true, value: undefined }),
      };
    },
  });
  /** Sends a request and reads nothing of the answer. */
  const begin = async () => {
    const [response] = (await once(get(origin + path), 'response')) as [IncomingMessage];
    response.on('error', () => {});
    opened.push(response);
    return response;
  };
  const isComplete = async (response: IncomingMessage) => {
    response.resume();
    // `once` would reject with the error of a response that was cut.
    await new Promise((done) => response.once('close', done));
    return response.complete;
  };

  it('arrives whole, as a download with its name', async () => {
    seen.source = () => chunksOf(3);
    const reply = await ask('GET', path);
    expect(faultsOf('get', path, reply)).to.deep.equal([]);
    expect(reply.headers.get('content-type')).to.equal('image/png');
    expect(reply.headers.get('content-disposition')).to.equal(
      `attachment; filename="b_se_.png"; filename*=UTF-8''b%C3%B6se%22.png`,
    );
    const response = await begin();
    let length = 0;
    response.on('data', (chunk: Buffer) => {
      length += chunk.length;
    });
    expect(await isComplete(response)).to.equal(true);
    expect(length).to.equal(3 * 64 * KIB);
  });

  it('lets go of its source when the client goes away', async () => {
    seen.source = () => chunksOf(Number.POSITIVE_INFINITY);
    const response = await begin();
    await once(response, 'readable');
    expect(seen.isReleased).to.equal(false);
    response.destroy();
    await waitFor(() => seen.isReleased, { what: 'the end of the source' });
  });

  it('is cut when its source fails, so that the client sees it', async () => {
    seen.source = () => chunksOf(2, new Error('the store went away'));
    expect(await isComplete(await begin())).to.equal(false);
  });

  it('is cut when it is longer than its route says', async () => {
    seen.source = () => chunksOf(kinds.MAX_BYTES / (64 * KIB) + 1);
    expect(await isComplete(await begin())).to.equal(false);
    expect(seen.isReleased).to.equal(true);
    seen.source = () => chunksOf(kinds.MAX_BYTES / (64 * KIB));
    expect(await isComplete(await begin())).to.equal(true);
  });

  it('is one of a few of its caller', async () => {
    seen.source = endless;
    for (let i = 0; i < bounds.streamsPerCaller; i++) await begin();
    const refused = await ask('GET', path);
    expect(refused.json).to.include({ status: 429, code: 'rate.limited' });
    expect(faultsOf('get', path, refused)).to.deep.equal([]);
    opened.pop()?.destroy();
    seen.source = () => chunksOf(1);
    await waitFor(async () => (await ask('GET', path)).status === 200, { what: 'a free place' });
  });

  it('is cut when it takes too long', async () => {
    const client = new Writable({ write() {} });
    const response = Object.assign(client, { setHeader() {}, req: { method: 'GET' } }) as never;
    const stream = Readable.from(chunksOf(Number.POSITIVE_INFINITY), { objectMode: false });
    const kind = byteStream({ contentTypes: ['image/png'], maxBytes: Number.MAX_SAFE_INTEGER });
    await sendStream(response, { stream, contentType: 'image/png' }, kind, services.log, 20);
    expect([client.destroyed, seen.isReleased]).to.deep.equal([true, true]);
  });

  it('has only media types of its route', async () => {
    const reply = await ask('GET', `${path}?type=text/html`);
    expect(reply.json).to.include({ status: 500, code: 'internal.error' });
    expect(seen.isReleased || seen.chunks === 0).to.equal(true);
  });

  it('reads nothing of its source for HEAD', async () => {
    seen.source = () => chunksOf(Number.POSITIVE_INFINITY);
    const reply = await ask('HEAD', path);
    expect([reply.status, reply.text]).to.deep.equal([200, '']);
    expect(seen.chunks).to.equal(0);
  });

  it('reads its source no faster than the client takes it', async () => {
    let release = () => {};
    let taken = 0;
    const client = new Writable({
      highWaterMark: 1,
      write(_chunk, _encoding, done) {
        taken += 1;
        release = done;
      },
    });
    const response = Object.assign(client, { setHeader() {}, req: { method: 'GET' } }) as never;
    const kind = byteStream({ contentTypes: ['image/png'], maxBytes: Number.MAX_SAFE_INTEGER });
    const stream = Readable.from(chunksOf(1_000), { objectMode: false, highWaterMark: 1 });
    const sent = sendStream(response, { stream, contentType: 'image/png' }, kind, services.log);
    const quiet = async () => {
      for (let turn = 0; turn < 100; turn++) await new Promise((next) => setImmediate(next));
    };
    await quiet();
    expect(taken).to.equal(1);
    expect(seen.chunks).to.be.within(1, 8);
    const before = seen.chunks;
    release();
    await quiet();
    expect(taken).to.equal(2);
    expect(seen.chunks).to.be.within(before, before + 2);
    client.destroy();
    await sent;
    expect(seen.isReleased).to.equal(true);
  });
});
