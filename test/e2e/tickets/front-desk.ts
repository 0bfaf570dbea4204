import { type Client, createClient } from '../../../client/create-client.ts';
import type { Counter, Queue } from '../../../contract/tickets.ts';
import type { Fleet } from '../../support/fleet.ts';

/** Staff at a real server, who call tickets over HTTP. */
export interface FrontDesk {
  http: Client['http'];
  queue(more?: Partial<Queue>): Promise<Queue>;
  /** Open counters with these names. */
  counters(queueId: string, ...names: string[]): Promise<Counter[]>;
  close(): void;
}

let born = 0;

export async function openFrontDesk(fleet: Fleet, url: string): Promise<FrontDesk> {
  const client = createClient({ baseUrl: url });
  const { http } = client;
  born += 1;
  const account = { username: `staff-${born}`, password: 'a long enough password' };
  const { user } = await http.register(account);
  await fleet.services.db('users').where({ id: user.id }).update({ role: 'staff' });
  await http.login(account);
  return {
    http,
    queue: (more = {}) => {
      born += 1;
      return http.createQueue({
        slug: `queue-${born}`,
        name: `Queue ${born}`,
        prefix: 'A',
        ...more,
      });
    },
    counters: (queueId, ...names) =>
      Promise.all(
        names.map((name) => http.createCounter({ name, queueIds: [queueId], state: 'open' })),
      ),
    close: () => client.close(),
  };
}
