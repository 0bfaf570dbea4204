import { setTimeout as sleep } from 'node:timers/promises';
import { isClientError, isPassing } from '../../../../client/errors.ts';
import { createPublicClient } from '../../../../client/public/create-public-client.ts';
import { publicTicketRoutes } from '../../../../client/tickets/public-routes.ts';
import type { LoadContext } from '../../domain.ts';

/** Somebody takes a ticket at one server and gives it back at the other. */
export async function probe(
  { urls, signal }: Pick<LoadContext, 'urls' | 'signal'>,
  queueId: string,
): Promise<void> {
  const clients = urls.map((baseUrl) =>
    createPublicClient({ baseUrl, routes: publicTicketRoutes }),
  );
  const [first, last] = [clients[0], clients.at(-1)];
  const close = () => {
    for (const client of clients) client.close();
  };
  signal.addEventListener('abort', close, { once: true });
  try {
    if (!first || !last) throw new Error('there is no server');
    const idempotencyKey = crypto.randomUUID();
    const taken = await patiently(
      () => first.http.createTicket({ id: queueId }, { idempotencyKey }),
      signal,
    );
    const { id, version } = taken;
    const options = { claim: taken.claimToken, idempotencyKey: crypto.randomUUID() };
    await patiently(() => last.http.cancelTicket({ id, version }, options), signal);
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}

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
