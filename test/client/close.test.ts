import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { request } from './fixtures.ts';
import { type SocketServer, startSockets } from './socket-server.ts';

/** A program of a user: it waits for a partner, one question is still open, and it closes. */
const program = (url: string, client: string) => `
  import { createClient } from ${JSON.stringify(client)};
  const client = createClient({
    baseUrl: ${JSON.stringify(url)},
    tokens: { accessToken: 'one', refreshToken: null, expiresAt: null, user: null },
  });
  const waiting = new Promise((resolve) => client.matchmaking.onChange(resolve));
  await client.connect();
  await waiting;
  const open = client.emit('match:status', {}).catch((error) => error.code);
  const silent = client.http.readMe().catch((error) => error.code);
  client.close();
  console.log(await open, await silent, client.status);
`;

describe('client: close', () => {
  let server: SocketServer;
  before(async () => {
    server = await startSockets({
      onSocket: (socket) =>
        socket.emit('state:current', { matchRequest: request(1), session: null }),
    });
  });
  after(() => server.close());

  it('leaves no timer and no socket behind: the process ends by itself', async () => {
    const client = new URL('../../client/create-client.ts', import.meta.url).href;
    const code = program(server.url, client);
    const child = spawn(
      process.execPath,
      ['--import=tsx', '--input-type=module', '--eval', code],
      // A process that something keeps alive would wait for the next question, 30 s away.
      { stdio: ['ignore', 'pipe', 'inherit'], timeout: 15_000, killSignal: 'SIGKILL' },
    );
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    const [exit] = await once(child, 'close');
    expect(said.trim()).to.equal('operation.pending client.closed off');
    expect(exit).to.equal(0);
  });
});
