import { help, UsageError } from './usage.ts';

/** @returns the exit code. A long-running command returns once it has started. */
type Command = (args: string[]) => Promise<number>;

/** Commands are loaded lazily, so that `foyer env` does not load the modules of `foyer up`. */
const commands: Record<string, () => Promise<Command>> = {
  up: async () => (await import('./up.ts')).up,
  server: async () => (await import('./server.ts')).server,
  worker: async () => (await import('./worker.ts')).worker,
  admin: async () => (await import('./admin.ts')).admin,
  migrate: async () => (await import('./migrate.ts')).migrateCommand,
  demo: async () => (await import('./demo.ts')).demo,
  doctor: async () => (await import('./doctor.ts')).doctor,
  user: async () => (await import('./user.ts')).user,
  token: async () => (await import('./token.ts')).token,
  env: async () => (await import('./env.ts')).env,
};

async function run([name, ...args]: string[]): Promise<number> {
  const asksHelp =
    name === 'help' || [name, ...args].some((arg) => arg === '--help' || arg === '-h');
  if (asksHelp) {
    console.log(help);
    return 0;
  }
  if (name === undefined) throw new UsageError('a command is required');
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) throw new UsageError(`unknown command ${name}`);
  return (await load())(args);
}

/** Prints an error as one line and returns the exit code. */
function explain(error: unknown): number {
  const { message } = error instanceof Error ? error : new Error(String(error));
  console.error(`foyer: ${message.split('\n')[0]}`);
  if (error instanceof UsageError) {
    console.error('See foyer --help.');
    return 2;
  }
  return 1;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  // Open handles must not keep a failed process alive.
  process.exit(explain(error));
}
