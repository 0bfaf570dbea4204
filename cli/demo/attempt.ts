import { isClientError } from '../../client/errors.ts';
import { between } from './chance.ts';
import type { DemoContext, Guest } from './demo-domain.ts';
import { count } from './numbers.ts';
import { rest } from './rest.ts';

/** The pause after an error, long enough not to add load. */
export const TROUBLE_MS = 1_500;

/** Runs `act` and pauses after an error. Resolves with null after an error; `usual` ones are not counted. */
export async function attempt<T>(
  { errors, random, signal }: DemoContext,
  act: () => Promise<T>,
  ...usual: string[]
): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    if (!isClientError(error)) throw error;
    if (usual.includes(error.code)) return null;
    count(errors, error.code);
    const after = (error.retryAfterSeconds ?? 0) * 1000;
    await rest(after + between(TROUBLE_MS / 2, TROUBLE_MS, random), signal);
    return null;
  }
}

/** Resolves when connected or when the demo has ended, because a full server may admit nobody before that. */
export async function comeOnline(
  { client }: Pick<Guest, 'client'>,
  context: DemoContext,
): Promise<void> {
  if (context.signal.aborted) return;
  context.signal.addEventListener('abort', client.disconnect, { once: true });
  await attempt(context, client.connect, 'client.closed');
  context.signal.removeEventListener('abort', client.disconnect);
}
