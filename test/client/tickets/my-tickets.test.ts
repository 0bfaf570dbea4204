import { expect } from 'chai';
import sinon from 'sinon';
import { createRefresh, type Refresh } from '../../../client/tickets/refresh.ts';
import { createTicketStore, type TicketStore } from '../../../client/tickets/state.ts';
import type { Ticket } from '../../../contract/tickets.ts';
import { ticket } from './fixtures.ts';

const SECOND = 1_000;

describe('client: my tickets', () => {
  let clock: sinon.SinonFakeTimers;
  let store: TicketStore;
  let refresh: Refresh;
  let asked: string[];
  let answer: (id: string) => Promise<Ticket | null>;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    asked = [];
    answer = async (id) => store.state().tickets.find((one) => one.id === id) ?? null;
    store = createTicketStore(() => refresh.reschedule());
    // The middle of the jitter: 30 s are 30 s.
    refresh = createRefresh(
      store,
      (id) => {
        asked.push(`${id} at ${Date.now() / SECOND}`);
        return answer(id);
      },
      () => 0.5,
    );
    refresh.connected();
  });
  afterEach(() => {
    refresh.close();
    expect(clock.countTimers()).to.equal(0);
    clock.restore();
  });
  const mine = () => store.state().tickets.map(({ id, version }) => `${id} v${version}`);

  it('lists the live ones, oldest first, and forgets them when they end', () => {
    refresh.snapshot([ticket(3), ticket(1)]);
    store.take(ticket(2));
    expect(mine()).to.deep.equal(['1 v1', '2 v1', '3 v1']);
    store.take(ticket(2, { state: 'done', version: 4 }));
    store.take(ticket(2, { state: 'called', version: 2 }));
    expect(mine()).to.deep.equal(['1 v1', '3 v1']);
    store.take(ticket(2, { version: 5 }));
    expect(mine()).to.deep.equal(['1 v1', '2 v5', '3 v1']);
  });

  it('takes a position by the seq of the queue, and a late one not at all', () => {
    store.take(ticket(1, { position: 5 }));
    store.take({ ...ticket(1, { position: 3 }), seq: 20 });
    store.take({ ...ticket(1, { position: 4 }), seq: 19 });
    expect(store.state().tickets[0]?.position).to.equal(3);
    store.take({ ...ticket(1, { position: 9, version: 2, queueId: '2' }), seq: 4 });
    expect(store.state().tickets[0]?.position).to.equal(9);
  });

  it('reads live tickets every 30 s, and nothing once there are none', async () => {
    refresh.snapshot([ticket(1)]);
    answer = async () => ticket(1, { state: 'called', version: 2 });
    await clock.tickAsync(31 * SECOND);
    expect(mine()).to.deep.equal(['1 v2']);
    answer = async () => ticket(1, { state: 'done', version: 3 });
    await clock.tickAsync(300 * SECOND);
    expect(asked).to.deep.equal(['1 at 30', '1 at 60']);
  });

  it('confirms that a ticket is gone before it forgets one', async () => {
    refresh.snapshot([ticket(1), ticket(2)]);
    answer = async (id) => (id === '1' ? ticket(1) : null);
    refresh.snapshot([]);
    await clock.tickAsync(0);
    expect(mine()).to.deep.equal(['1 v1']);
    expect(asked).to.deep.equal(['1 at 0', '2 at 0']);
  });

  it('reads nothing while the socket is off, and everything when state:current does not come', async () => {
    refresh.snapshot([ticket(1)]);
    refresh.disconnected();
    await clock.tickAsync(300 * SECOND);
    expect(asked).to.deep.equal([]);
    refresh.connected();
    await clock.tickAsync(6 * SECOND);
    expect(asked).to.deep.equal(['1 at 305']);
  });

  it('reads again soon when a read failed', async () => {
    refresh.snapshot([ticket(1)]);
    answer = () => Promise.reject(new Error('away'));
    await clock.tickAsync(41 * SECOND);
    expect(asked).to.deep.equal(['1 at 30', '1 at 35', '1 at 40']);
  });

  it('reads at once when pushes may be lost', async () => {
    refresh.snapshot([ticket(1)]);
    refresh.resync();
    await clock.tickAsync(0);
    expect(asked).to.deep.equal(['1 at 0']);
  });
});
