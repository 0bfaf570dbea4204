import { expect } from 'chai';
import { type DataDir, dataDir, run } from '../support/program.ts';

describe('foyer', () => {
  let data: DataDir;
  let env: Record<string, string>;

  before(() => {
    data = dataDir();
    env = { FOYER_DATA_DIR: data.folder };
  });
  after(() => data.remove());

  it('prints help', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).to.equal(0);
    for (const command of ['up', 'server', 'worker', 'admin', 'migrate', 'doctor', 'token', 'env'])
      expect(stdout).to.match(new RegExp(`^  ${command} `, 'm'));
  });

  const wrong = [
    [],
    ['dance'],
    ['up', '--sideways'],
    ['token'],
    ['token', '--username', 'ada', '--ttl', 'soon'],
    ['user', 'create', '--username', 'ada', '--role', 'emperor'],
    ['user', 'delete'],
  ];
  for (const args of wrong)
    it(`calls "foyer ${args.join(' ')}" invalid usage`, async () => {
      const { code, stdout, stderr } = await run(args, env);
      expect(code).to.equal(2);
      expect(stdout).to.equal('');
      expect(stderr).to.match(/^foyer: .+\nSee foyer --help\.\n$/);
    });

  it('stops the start with one line that names an invalid variable', async () => {
    for (const [name, value] of Object.entries({ PORT: 'http', MATCH_SWEEP_SECONDS: '0' })) {
      const { code, stdout, stderr } = await run(['up'], { ...env, [name]: value });
      expect(code).to.equal(1);
      expect(stdout).to.equal('');
      expect(stderr).to.match(new RegExp(`^foyer: ${name}: [^\n]+\n$`));
    }
  });

  it('names the missing variable when no services are running', async () => {
    for (const args of [['env'], ['server'], ['worker'], ['admin'], ['migrate']]) {
      const { code, stderr } = await run(args, env);
      expect(code).to.equal(1);
      expect(stderr).to.match(/^foyer: .*no embedded services are running on .*foyer up.*\n$/);
    }
  });
});
