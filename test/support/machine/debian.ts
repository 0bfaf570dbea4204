import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** As root on Debian. @throws when this is not root, or apt-get fails */
export async function installPackage(name: string): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new Error(`there is no ${name} on PATH, and only root may install one`);
  const env = { PATH: SYSTEM_PATH, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['-q', 'update'], { env });
  await run('apt-get', ['-q', 'install', '--yes', '--no-install-recommends', name], { env });
}
