import { lookup as resolve } from 'node:dns';
import { expect } from 'chai';
import { refusalOf } from '../../outside-address.ts';
import { createPostToOutside } from '../../workers/integrations/outside-request.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const resolvesTo = (...addresses: string[]) =>
  ({ lookup: async () => addresses.map((address) => ({ address, family: 4 })) }) as never;

describe('integrations: addresses outside', () => {
  let receiver: Receiver;
  before(async () => {
    receiver = await startReceiver();
  });
  after(() => receiver.close());

  for (const url of [
    'http://example.com/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://0x7f000001/',
    'https://2130706433/',
    'https://0.0.0.0/',
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/',
    'https://198.18.0.1/',
    'https://224.0.0.1/',
    'https://localhost/',
    'https://api.LOCALHOST./',
    'https://[::1]/',
    'https://[::]/',
    'https://[fe80::1]/',
    'https://[fd00::2]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    `https://${'a'.repeat(250)}.com/`,
    'https://user:password@8.8.8.8/',
  ])
    it(`refuses ${url}`, async () => {
      expect(await refusalOf(url, resolvesTo('8.8.8.8'))).to.be.a('string');
    });

  it('refuses a name with any private address, and takes a public one or one that does not resolve', async () => {
    const url = 'https://receiver.example/';
    expect(await refusalOf(url, resolvesTo('8.8.8.8', '10.0.0.1'))).to.be.a('string');
    expect(await refusalOf(url, resolvesTo('8.8.8.8'))).to.equal(null);
    const nowhere = { lookup: async () => Promise.reject(new Error('ENOTFOUND')) };
    expect(await refusalOf(url, nowhere as never)).to.equal(null);
  });

  it('connects to no private address that a name resolves to at the second look', async () => {
    const url = `https://receiver.example:${new URL(receiver.url()).port}/`;
    expect(await refusalOf(url, resolvesTo('8.8.8.8')), 'the first look').to.equal(null);
    let looks = 0;
    const post = createPostToOutside({
      allowPrivate: false,
      lookup: ((name: string, options: object, done: () => void) => {
        looks += 1;
        resolve('127.0.0.1', options, done);
        return name;
      }) as never,
    });
    expect(await post(url, '{}', {})).to.deep.equal({
      status: null,
      error: 'the address is not public',
    });
    expect(looks).to.equal(1);
    expect(receiver.received).to.deep.equal([]);
    post.close();
  });

  it('connects to no private address that a URL names, and not over http', async () => {
    const post = createPostToOutside({ allowPrivate: false });
    const { port } = new URL(receiver.url());
    const errors = await Promise.all(
      [receiver.url(), `https://127.0.0.1:${port}/`, `https://[::1]:${port}/`].map(
        async (url) => (await post(url, '{}', {})).error,
      ),
    );
    expect(errors).to.deep.equal([
      'the URL must be https',
      'the address is not public',
      'the address is not public',
    ]);
    expect(receiver.received).to.deep.equal([]);
    post.close();
  });
});
