import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../cli/embedded/ports.ts';
import { NODE_FLAGS } from '../../cli/up/children.ts';
import { keep } from './running.ts';
import type { Stores } from './stores.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const READY_MS = 20_000;
const STOP_MS = 10_000;
/** At least 32 bytes, as production requires. */
export const SECRET = 'a-bench-secret-of-more-than-32-bytes';

export interface Member {
  pid: number;
  port: number;
  stop(): Promise<void>;
}

/** Builds the program if it is out of date. */
export function buildProgram(): void {
  const { status } = spawnSync(process.execPath, ['bin/build.js'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('the build failed');
}

/** Starts a server or worker process on these stores. Resolves when it is ready. */
export async function startMember(
  kind: 'server' | 'worker',
  { databaseUrl, redisUrl }: Stores,
  env: Record<string, string> = {},
): Promise<Member> {
  const port = await freePort();
  const child = fork('dist/cli/main.js', [kind], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [...NODE_FLAGS, ...profiling(kind)],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      AUTH_SECRET: SECRET,
      RATE_LIMITS: 'off',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      ...env,
    },
  });
  const stop = keep(() => end(child));
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`${kind} ended with ${code} before it was ready`);
  });
  const late = once(AbortSignal.timeout(READY_MS), 'abort').then(() => {
    throw new Error(`${kind} was not ready in time`);
  });
  exited.catch(() => {});
  late.catch(() => {});
  await Promise.race([once(child, 'message'), exited, late]);
  return { pid: child.pid ?? 0, port, stop };
}

/** Runs a file of the bench in a separate process. */
export function startChild(file: URL): { child: ChildProcess; stop(): Promise<void> } {
  const child = fork(file, { cwd: root, execArgv: ['--import=tsx'] });
  return { child, stop: keep(() => end(child)) };
}

/** @throws when the process ends instead */
export function nextMessage<Message extends { kind: string }>(
  child: ChildProcess,
  kind: Message['kind'],
): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: Message) => {
      if (message.kind !== kind) return;
      child.off('message', onMessage);
      resolve(message);
    };
    child.on('message', onMessage);
    child.once('exit', (code) => reject(new Error(`a load generator ended with ${code}`)));
  });
}

/** Told to stop, and killed when it does not. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(timer);
}

/** `FOYER_BENCH_PROFILE=<folder>`: each process writes a CPU profile there when it exits. */
function profiling(kind: string): string[] {
  const folder = process.env['FOYER_BENCH_PROFILE'];
  if (!folder) return [];
  return [
    '--cpu-prof',
    `--cpu-prof-dir=${folder}`,
    `--cpu-prof-name=${kind}-${Date.now()}.cpuprofile`,
  ];
}
