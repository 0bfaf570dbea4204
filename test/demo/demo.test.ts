import { expect } from 'chai';
import sinon from 'sinon';
import { demo } from '../../cli/demo.ts';
import { UsageError } from '../../cli/usage.ts';
import { failure } from '../client/fixtures.ts';
import { startTiny, type TinyServer } from './matchmaking/tiny-server.ts';

describe('demo: a complete run', () => {
  let server: TinyServer | undefined;
  let said: string;
  const keep = (text: unknown) => {
    said += `${text}\n`;
    return true;
  };
  beforeEach(() => {
    said = '';
  });
  afterEach(async () => {
    sinon.restore();
    await server?.close();
    server = undefined;
  });
  /** Captures stdout only during the call, because the reporter writes to it too. */
  async function run(...argv: string[]): Promise<number> {
    // The secrets of a server that runs from this checkout are no business of these tests.
    const none = { AUTH_SECRET: '', FOYER_DATA_DIR: '/nowhere' };
    sinon.stub(process, 'env').value({ ...process.env, ...none });
    sinon.stub(console, 'log').callsFake(keep);
    sinon.stub(console, 'error').callsFake(keep);
    sinon.stub(process.stdout, 'write').callsFake(keep as never);
    try {
      return await demo(argv);
    } finally {
      sinon.restore();
    }
  }

  it('matches people, counts the outcomes and exits with 0', async () => {
    server = await startTiny();
    const code = await run('--url', server.url, '--seconds', '6', '--learners', '40');
    expect(said).to.contain(
      'webhooks are not checked: the demo may not subscribe on this server\n',
    );
    expect(said).to.match(/people +40/);
    expect(said).to.match(/matched +[1-9]/);
    expect(said).to.match(/wait p50 +\d+ ms/);
    expect(said).to.match(/session (failed|completed) left +[1-9]/);
    expect(said).to.match(/signals +[1-9]/);
    expect(said).to.match(/broken invariants +0/);
    expect(code).to.equal(0);
  });

  it('exits with 1 and names the violation when the server violates an invariant', async () => {
    server = await startTiny((session) => {
      for (const one of session.participants) one.polite = true;
      return session;
    });
    const code = await run('--url', server.url, '--seconds', '6', '--learners', '40');
    expect(said).to.match(/opposite roles and politeness: session \S+: both are polite/);
    expect(code).to.equal(1);
  });

  it('reports a server that does not respond', async () => {
    server = await startTiny();
    await server.close();
    expect(await run('--url', server.url, '--seconds', '1')).to.equal(1);
    expect(said).to.contain(`no server responds at ${server.url}`);
    server = undefined;
  });

  it('rejects invalid usage', async () => {
    expect(await failure(demo(['--seconds', 'soon']))).to.be.instanceOf(UsageError);
  });
});
