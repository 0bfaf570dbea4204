import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../../cli/embedded/ports.ts';
import { waitFor } from '../wait-for.ts';
import { installPackage, SYSTEM_PATH } from './debian.ts';

const run = promisify(execFile);

/** A relay on loopback. */
export interface Coturn {
  port: number;
  /** Whether somebody with this name and password is given a relayed address that carries packets. */
  admits(username: string, credential: string): Promise<boolean>;
  stop(): Promise<void>;
}

/** Debian's coturn; as root it is installed when there is none. Stop what this starts. */
export async function startCoturn(secret: string): Promise<Coturn> {
  if (!isInstalled()) await installPackage('coturn');
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'foyer-coturn-'));
  const child = spawn('turnserver', argumentsOf(port, secret, folder), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: SYSTEM_PATH },
    cwd: folder,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said = (said + chunk).slice(-20_000);
    });
  }
  const gone = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGKILL');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
  const admits = (username: string, credential: string) => allocate(port, username, credential);
  try {
    await waitFor(() => answersStun(port), { timeoutMs: 10_000, what: 'coturn' });
  } catch (error) {
    await stop();
    throw new Error(`coturn did not start:\n${said}`, { cause: error });
  }
  return { port, admits, stop };
}

/** A STUN binding request (RFC 8489): type, length 0, the magic cookie, an id. */
async function answersStun(port: number): Promise<boolean> {
  const request = Buffer.concat([Buffer.from('000100002112a442', 'hex'), randomBytes(12)]);
  const socket = createSocket('udp4');
  try {
    const answered = once(socket, 'message', { signal: AbortSignal.timeout(200) });
    socket.send(request, port, '127.0.0.1');
    await answered;
    return true;
  } finally {
    socket.close();
  }
}

const argumentsOf = (port: number, secret: string, folder: string) => [
  ...['-n', '--no-cli', '--no-tls', '--no-dtls', '--log-file=stdout'],
  ...['--listening-ip=127.0.0.1', `--listening-port=${port}`, '--relay-ip=127.0.0.1'],
  ...['--allow-loopback-peers', '--realm=foyer.test'],
  ...['--use-auth-secret', `--static-auth-secret=${secret}`],
  ...[`--userdb=${join(folder, 'db')}`, `--pidfile=${join(folder, 'pid')}`],
];

/** coturn's own client: two allocations that send each other one packet. It fails without an allocation. */
async function allocate(port: number, username: string, credential: string): Promise<boolean> {
  const user = ['-u', username, '-w', credential];
  const args = ['-y', '-n', '1', '-m', '1', ...user, '-p', String(port), '127.0.0.1'];
  try {
    const { stdout } = await run('turnutils_uclient', args, {
      env: { PATH: SYSTEM_PATH },
      timeout: 20_000,
    });
    return stdout.includes('Total lost packets 0');
  } catch (error) {
    const { code, stdout = '' } = error as { code?: unknown; stdout?: string };
    if (code === 255 && stdout.includes('Cannot complete Allocation')) return false;
    throw error;
  }
}

const isInstalled = () =>
  ['turnserver', 'turnutils_uclient'].every((name) =>
    SYSTEM_PATH.split(':').some((folder) => isExecutable(join(folder, name))),
  );

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
