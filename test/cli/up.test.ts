import { expect } from 'chai';
import { freePort } from '../../cli/embedded/ports.ts';
import { type DataDir, dataDir, leftOf, type Program, run, start, up } from '../support/program.ts';
import { waitFor } from '../support/wait-for.ts';

/** In a folder of mode 0700, like the result of `mktemp -d` on a fresh machine. */
describe('foyer up', function () {
  // The first start of a test run builds, which is slow on a busy machine.
  this.timeout(60_000);
  let data: DataDir;
  let program: Program;
  let env: Record<string, string>;
  let origin: string;

  before(async () => {
    data = dataDir(0o700);
    const port = await freePort();
    origin = `http://127.0.0.1:${port}`;
    env = { FOYER_DATA_DIR: data.folder, PORT: String(port) };
    program = await up(env);
  });
  after(async () => {
    program?.process.kill('SIGTERM');
    await program?.ended;
    data.remove();
  });

  it('ends its start with the ready line', () => {
    expect(program.said().trimEnd().split('\n').at(-1)).to.equal(`ready ${origin}`);
  });

  it('serves requests and runs jobs', async () => {
    expect((await fetch(`${origin}/health/ready`)).status).to.equal(200);
    const all = ['postgres', 'redis', 'server', 'worker', 'admin'];
    expect(leftOf(data.processes())).to.have.members(all);
  });

  it('accepts the printed password on the operator pages', async () => {
    const said = program.said();
    const adminOrigin = /operators +(http:\S+)\/admin /.exec(said)?.[1];
    const [, password = ''] = /admin password \(shown only once\): (\S+)/.exec(said) ?? [];
    const answer = await fetch(`${adminOrigin}/admin/login`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ username: 'admin', password }),
    });
    expect(answer.status).to.equal(303);
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const page = await fetch(`${adminOrigin}/admin`, { headers: { cookie } });
    expect(page.status).to.equal(200);
  });

  it('creates an account with a password from stdin, never from arguments', async () => {
    const args = ['user', 'create', '--username', 'edsger', '--role', 'staff', '--password-stdin'];
    const making = start(args, env);
    making.process.stdin?.end('a-password-of-edsger\n');
    expect((await making.ended).code).to.equal(0);
    const answer = await fetch(`${origin}/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'edsger', password: 'a-password-of-edsger' }),
    });
    expect(answer.status).to.equal(200);
  });

  it('prints two lines that a shell can export', async () => {
    const { code, stdout } = await run(['env'], env);
    expect(code).to.equal(0);
    expect(stdout).to.match(
      /^DATABASE_URL=postgres:\/\/\S+@127\.0\.0\.1:\d+\/\S+\nREDIS_URL=redis:\/\/127\.0\.0\.1:\d+\n$/,
    );
  });

  it('passes the checks of the doctor', async () => {
    const { code, stdout } = await run(['doctor'], env);
    expect(stdout).to.contain('Redis appendonly yes, appendfsync always');
    expect(stdout).not.to.match(/^(warn|fail)/m);
    expect(code).to.equal(0);
  });

  it('has migrated', async () => {
    const { stdout } = await run(['migrate', '--status'], env);
    expect(stdout)
      .to.match(/^applied {2}001-accounts$/m)
      .and.not.match(/^pending/m);
  });

  it('rejects a second run on the same data and names the pid of the first', async () => {
    const { code, stderr } = await run(['up'], env);
    expect(code).to.equal(1);
    expect(stderr)
      .to.match(/^foyer: [^\n]+\n$/)
      .and.contain(`pid ${program.pid}`);
    expect((await fetch(`${origin}/health/ready`)).status).to.equal(200);
  });

  it('reports a port in use before it starts anything', async () => {
    const other = dataDir();
    try {
      const { code, stderr, stdout } = await run(['up'], { ...env, FOYER_DATA_DIR: other.folder });
      expect(code).to.equal(1);
      expect(stderr).to.equal(`foyer: port ${env['PORT']} (PORT) is in use\n`);
      expect(stdout).to.equal('');
      expect(other.processes()).to.deep.equal({});
    } finally {
      other.remove();
    }
  });

  it('creates tokens that the server accepts', async () => {
    const args = ['token', '--username', 'grace', '--role', 'staff', '--ttl', '5m'];
    const { code, stdout } = await run(args, env);
    expect(code).to.equal(0);
    const answer = await fetch(`${origin}/v1/me`, {
      headers: { authorization: `Bearer ${stdout.trim()}` },
    });
    expect(answer.status).to.equal(200);
    expect(await answer.json()).to.include({ username: 'grace', role: 'staff' });
  });

  it('creates an account only once', async () => {
    const args = ['user', 'create', '--username', 'linus', '--role', 'user'];
    expect((await run(args, env)).stdout).to.match(/^[0-9a-f-]{36}\n$/);
    const again = await run(args, env);
    expect(again.code).to.equal(1);
    expect(again.stderr).to.match(/^foyer: .+\n$/);
  });

  it('lets the demo check webhooks', async () => {
    const args = ['demo', '--url', origin, '--seconds', '8', '--learners', '20'];
    const { code, stdout } = await run(args, env);
    expect(stdout).to.match(/webhook events +[1-9]/);
    expect(stdout).to.match(/broken invariants +0/);
    expect(code, stdout).to.equal(0);
    const list = await run(['token', '--username', 'foyer-demo'], env);
    const left = await fetch(`${origin}/v1/webhook-subscriptions`, {
      headers: { authorization: `Bearer ${list.stdout.trim()}` },
    });
    expect(await left.json()).to.deep.equal({ items: [], nextCursor: null });
  });

  it('lets another server join', async () => {
    const port = String(await freePort());
    const second = start(['server'], { ...env, PORT: port, LOG_LEVEL: 'warn' });
    try {
      const ready = () => fetch(`http://127.0.0.1:${port}/health/ready`);
      await waitFor(async () => (await ready()).status === 200, { timeoutMs: 15_000 });
    } finally {
      second.process.kill('SIGTERM');
    }
    expect((await second.ended).code).to.equal(0);
  });

  it('restarts a child process that was killed', async () => {
    const { worker } = data.processes();
    process.kill(worker?.pid ?? 0, 'SIGKILL');
    await waitFor(() => data.processes()['worker']?.pid !== worker?.pid, { timeoutMs: 10_000 });
    expect(program.said()).to.contain('worker exited (SIGKILL); restarting');
  });

  it('leaves no process running after Ctrl-C', async () => {
    const processes = data.processes();
    program.process.kill('SIGINT');
    expect((await program.ended).code).to.equal(0);
    expect(leftOf(processes)).to.deep.equal([]);
    expect((await run(['env'], env)).code).to.equal(1);
  });
});
