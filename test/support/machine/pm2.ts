import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const bin = join(root, 'node_modules/pm2/bin/pm2');

export interface Pm2App {
  name: string;
  pid: number;
  status: string;
  restarts: number;
}

/** The real pm2 with a daemon and a folder of its own: nothing of it is left after `end`. */
export interface Pm2 {
  (...args: string[]): Promise<string>;
  apps(): Promise<Pm2App[]>;
  /** What the daemon and its processes said. */
  logs(): string;
  end(): Promise<void>;
}

export function createPm2(env: Record<string, string>): Pm2 {
  const home = mkdtempSync(join(tmpdir(), 'foyer-pm2-'));
  const { PATH = '', HOME = '/' } = process.env;
  const own = { PATH, HOME, PM2_HOME: home, PM2_DISABLE_VERSION_CHECK: '1', ...env };
  const pm2 = async (...args: string[]): Promise<string> => {
    const options = { cwd: root, env: own, timeout: 90_000, maxBuffer: 16 * 1024 * 1024 };
    return (await run(process.execPath, [bin, ...args, '--silent'], options)).stdout;
  };
  const logs = () =>
    [join(home, 'pm2.log'), ...listed(join(home, 'logs'))]
      .filter((file) => existsSync(file))
      .map((file) => readFileSync(file, 'utf8').split('\n').slice(-25).join('\n'))
      .join('\n');
  return Object.assign(pm2, {
    async apps(): Promise<Pm2App[]> {
      const list: {
        name: string;
        pid: number;
        pm2_env: { status: string; restart_time: number };
      }[] = JSON.parse(await pm2('jlist'));
      return list.map(({ name, pid, pm2_env }) => ({
        ...{ name, pid, status: pm2_env.status, restarts: pm2_env.restart_time },
      }));
    },
    logs,
    async end(): Promise<void> {
      await pm2('kill').catch(() => {});
      rmSync(home, { recursive: true, force: true });
    },
  });
}

const listed = (folder: string) =>
  existsSync(folder) ? readdirSync(folder).map((file) => join(folder, file)) : [];
