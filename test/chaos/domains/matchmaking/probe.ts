import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../../../cli/demo/matchmaking/until.ts';
import { type Client, createClient } from '../../../../client/create-client.ts';
import { isClientError, isPassing } from '../../../../client/errors.ts';
import { isLive } from '../../../../client/matchmaking/state.ts';
import type { LoadContext } from '../../domain.ts';

const WAIT_MS = 60_000;
/** Languages that only probes use. Each probe has its own pair, so that it cannot match with a failed one. */
const CODES =
  'aa ab ae af ak am an as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy';
let probes = 0;
function languages(): [string, string] {
  const codes = CODES.split(' ');
  const at = (probes++ * 2) % (codes.length - 1);
  return [codes[at] ?? '', codes[at + 1] ?? ''];
}

/** Two new people on different servers join and find each other through pushes. */
export async function probe({ urls, signal }: Pick<LoadContext, 'urls' | 'signal'>): Promise<void> {
  const clients = urls.map((baseUrl) => createClient({ baseUrl }));
  const close = () => {
    for (const client of clients) client.close();
  };
  signal.addEventListener('abort', close, { once: true });
  try {
    const [one, other] = languages();
    const sides = [
      { native: [one], practice: [other] },
      { native: [other], practice: [one] },
    ];
    await Promise.all(
      clients.map(async (client, at) => {
        await patiently(() => client.http.guest({}), signal);
        await client.connect();
        await patiently(
          () => client.emit('match:join', sides[at % 2] as (typeof sides)[0]),
          signal,
        );
        await found(client, signal);
      }),
    );
    const ids = new Set(clients.map(({ matchmaking }) => matchmaking.state.session?.id));
    if (ids.size !== 1) throw new Error('the two of a probe are in two sessions');
    const sessionId = clients[0]?.matchmaking.state.session?.id ?? '';
    // A person who leaves before the call began puts the other one back into the queue.
    const speak = (client: Client) => client.emit('session:connected', { sessionId });
    for (const client of clients) await patiently(() => speak(client), signal);
    await patiently(() => (clients[0] as Client).emit('session:leave', { sessionId }), signal);
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}

async function found(client: Client, signal: AbortSignal): Promise<void> {
  const met = await until(client, ({ session }) => isLive(session), WAIT_MS, signal);
  if (!met) throw new Error('a probe was not matched');
}

/** Transient errors are retried quickly, so that the probe measures the recovery of the servers. */
async function patiently<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!isClientError(error) || !isPassing(error)) throw error;
      await sleep(100, undefined, { signal });
    }
  }
}
