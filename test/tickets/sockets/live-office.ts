import type { Push } from '../../../db/realtime/push.ts';
import {
  payloadsOf,
  startGateway,
  type TestClient,
  type TestGateway,
} from '../../server/gateway/start-gateway.ts';
import type { TestServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type Office, openOffice } from '../office.ts';

/** An office whose pushes reach sockets. */
export interface LiveOffice extends Office {
  live: TestGateway;
  close(): Promise<void>;
}

export async function openLiveOffice(services: TestServices): Promise<LiveOffice> {
  let gateway: TestGateway | undefined;
  const push: Push = (to, event, payload) => gateway?.gateway.push(to, event, payload);
  const office = await openOffice(services, { deps: { push } });
  const { commands = [], subscriptions = [] } = office.domain;
  const live = await startGateway(services, {
    commands: [...commands],
    subscriptions: [...subscriptions],
    whereAre: async () => new Map(),
  });
  gateway = live;
  return {
    ...office,
    live,
    async close() {
      await office.domain.drain?.();
      await live.close();
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
type Payload = any;

/** The payloads of an event, as soon as one of them is what is waited for. */
export async function heard(
  client: TestClient,
  event: string,
  matches: (payload: Payload) => boolean = () => true,
): Promise<Payload[]> {
  await waitFor(() => payloadsOf(client, event).some(matches), { what: event });
  return payloadsOf(client, event);
}
