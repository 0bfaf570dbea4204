import { expect } from 'chai';
import { freePort } from '../../cli/embedded/ports.ts';
import { type DataDir, dataDir, leftOf, run, start, up } from '../support/program.ts';
import { waitFor } from '../support/wait-for.ts';

describe('foyer up, after a crash', function () {
  // Two complete starts and stops in one test.
  this.timeout(60_000);
  let data: DataDir;
  let env: Record<string, string>;

  beforeEach(async () => {
    data = dataDir();
    env = { FOYER_DATA_DIR: data.folder, PORT: String(await freePort()) };
  });
  afterEach(() => data.remove());

  it('stops the processes of a killed run and keeps its data and secrets', async () => {
    const first = await up(env);
    await run(['user', 'create', '--username', 'ada', '--role', 'admin'], env);
    const left = data.processes();
    first.process.kill('SIGKILL');
    await first.ended;
    expect(leftOf(left)).to.include.members(['postgres', 'redis']);

    const second = await up(env);
    const now = data.processes();
    expect(leftOf(left), 'of the first').to.deep.equal([]);
    expect(second.said()).not.to.contain('password');
    const { code } = await run(['user', 'create', '--username', 'ada', '--role', 'admin'], env);
    expect(code, 'the name is taken').to.equal(1);

    second.process.kill('SIGTERM');
    expect((await second.ended).code).to.equal(0);
    expect(leftOf(now)).to.deep.equal([]);
  });

  it('stops cleanly during its start', async () => {
    const program = start(['up', '--no-open'], env);
    await waitFor(() => program.said().includes('PostgreSQL'), { timeoutMs: 10_000 });
    await waitFor(() => data.processes()['redis'], { timeoutMs: 10_000 });
    const processes = data.processes();
    program.process.kill('SIGTERM');
    expect((await program.ended).code).to.equal(0);
    expect(leftOf(processes)).to.deep.equal([]);
    expect(data.processes()).to.deep.equal({});
  });
});
