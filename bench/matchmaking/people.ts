import type { ChildProcess } from 'node:child_process';
import { mintAccessToken } from '../../db/accounts/access-token.ts';
import type { Db } from '../../db/knex.ts';
import { newId } from '../../ids.ts';
import { SECRET, startChild } from '../measure/program.ts';
import type { FromGenerator, Task } from './generator-messages.ts';

const PAGE = 5_000;

/** Inserts guests directly and creates a token for each. */
export async function signIn(db: Db, count: number): Promise<{ userId: string; token: string }[]> {
  const userIds = Array.from({ length: count }, newId);
  for (let at = 0; at < count; at += PAGE) {
    await db.raw(
      `insert into users (id, display_name) select id, 'Somebody' from unnest(?::uuid[]) as x (id)`,
      [userIds.slice(at, at + PAGE)],
    );
  }
  const claims = { role: 'guest', version: 1, familyId: null } as const;
  const sign = (userId: string) =>
    mintAccessToken({ authSecrets: [SECRET] }, { userId, ...claims });
  return Promise.all(userIds.map(async (userId) => ({ userId, token: await sign(userId) })));
}

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

/** @throws if the process exits instead */
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
