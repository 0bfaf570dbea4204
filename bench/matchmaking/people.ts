import { nextMessage, startChild } from '../measure/program.ts';
import type { FromGenerator, Task } from './generator-messages.ts';

export interface Generator {
  pid: number;
  /** Starts the load. Resolves with the first message of this kind. */
  go(): void;
  next<Kind extends FromGenerator['kind']>(
    kind: Kind,
  ): Promise<Extract<FromGenerator, { kind: Kind }>>;
  stop(): Promise<void>;
}

/** Starts people in a separate process. Resolves when all are connected. */
export async function connectPeople(task: Task): Promise<Generator> {
  const { child, stop } = startChild(new URL('./generator.ts', import.meta.url));
  const next: Generator['next'] = (kind) => nextMessage(child, kind) as never;
  const connected = next('connected');
  child.send(task);
  await connected;
  return { pid: child.pid ?? 0, go: () => child.send('go'), next, stop };
}
