import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { createSubscription } from '../../db/integrations/create-subscription.ts';
import { secretContext } from '../../db/integrations/subscription-row.ts';
import { createSealer } from '../../db/sealer.ts';
import { runCommand } from '../../db/write/run-command.ts';
import { newId } from '../../ids.ts';
import { type Received, type Receiver, startReceiver } from '../integrations/receiver.ts';
import { useFleet } from '../support/fleet.ts';
import { connect } from '../support/person.ts';
import { waitFor } from '../support/wait-for.ts';

const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
const PATIENCE = { timeoutMs: 30_000 };

/** A worker is killed between every two steps from the commit of an effect to its delivery. */
describe('fleet: workers die while they send webhooks', function () {
  this.timeout(90_000);
  const keys = { TOKEN_ENCRYPTION_KEYS: '00'.repeat(32) };
  const fleet = useFleet({
    ...{ servers: 1, workers: 1 },
    env: { ...keys, WEBHOOK_ALLOW_PRIVATE: '1' },
  });
  let receiver: Receiver;
  let answer: () => void = () => {};

  before(async () => {
    receiver = await startReceiver();
    const { services } = fleet;
    const [staffId, id] = [newId(), newId()];
    await services.db('users').insert({ id: staffId, display_name: 'Staff', role: 'staff' });
    const sealedSecret = createSealer(services.config().encryptionKeys).seal(
      SECRET,
      secretContext(id),
    );
    const events = ['session.created', 'session.failed'];
    await runCommand(
      { id, url: receiver.url(), events, secret: SECRET, sealedSecret, actorId: staffId },
      {
        db: services.db,
        command: createSubscription,
        render: () => ({ status: 201, text: null }),
        requestId: 'test',
      },
    );
  });
  after(() => receiver.close());
  afterEach(() => answer());

  const matched = async (languages: [string, string]) => {
    const url = fleet.servers[0]?.url ?? '';
    const [ana, bob] = [await connect(url), await connect(url)];
    await ana.join([languages[0]], [languages[1]]);
    await bob.join([languages[1]], [languages[0]]);
    const { id } = await ana.found();
    const end = () => ana.ask('session:leave', { sessionId: id });
    return { id, end, close: () => [ana, bob].forEach((one) => void one.close()) };
  };
  const of = (id: string) => receiver.received.filter(({ data }: Received) => data['id'] === id);
  const arrives = (id: string, type: string) =>
    waitFor(() => of(id).some((one) => one.type === type), { ...PATIENCE, what: type });
  const die = async () => {
    await fleet.workers.at(-1)?.kill();
  };
  /** Leases of a dead process run out. */
  const lapse = () =>
    fleet.services.db('webhook_deliveries').whereNotNull('lease').update({
      lease_until: fleet.services.db.fn.now(),
    });
  const waitsForLock = () =>
    waitFor(
      async () => {
        const { rows } = await fleet.services.db.raw(
          `select 1 from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return rows.length > 0;
      },
      { ...PATIENCE, what: 'the worker at the lock' },
    );
  const expectAll = (id: string) => {
    const first = [...new Map(of(id).map((one) => [one.type, one])).values()];
    expect(first.map(({ type }) => type)).to.deep.equal(['session.created', 'session.failed']);
    for (const { body, headers } of of(id)) new Webhook(SECRET).verify(body, headers);
  };

  it('before the fan-out', async () => {
    const call = await matched(['es', 'en']);
    await arrives(call.id, 'session.created');
    await die();
    await call.end();
    await fleet.start('worker');
    await arrives(call.id, 'session.failed');
    expectAll(call.id);
    call.close();
  });

  it('in the fan-out, and before the lease', async () => {
    for (const lock of [
      // The fan-out has read its events and waits with the deliveries.
      'lock table webhook_deliveries in share mode',
      "select pg_advisory_xact_lock(hashtextextended('127.0.0.1', 1))",
    ]) {
      const call = await matched(['fr', 'de']);
      await arrives(call.id, 'session.created');
      const trx = await fleet.services.db.transaction();
      await trx.raw(lock);
      await call.end();
      await waitsForLock();
      await die();
      await trx.rollback();
      expect(of(call.id)).to.have.length(1);
      await fleet.start('worker');
      await arrives(call.id, 'session.failed');
      expectAll(call.id);
      call.close();
    }
  });

  it('in the middle of a request', async () => {
    const call = await matched(['it', 'pt']);
    await arrives(call.id, 'session.created');
    const open: (() => void)[] = [];
    receiver.answerWith(() => (res) => void open.push(() => res.writeHead(204).end()));
    answer = () => {
      receiver.answerWith(() => 204);
      for (const each of open.splice(0)) each();
    };
    await call.end();
    await waitFor(() => open.length > 0, { ...PATIENCE, what: 'the request' });
    await die();
    answer();
    await lapse();
    await fleet.start('worker');
    await waitFor(() => of(call.id).filter(({ type }) => type === 'session.failed').length === 2, {
      ...PATIENCE,
      what: 'the second request',
    });
    const [one, two] = of(call.id).filter(({ type }) => type === 'session.failed');
    expect(one?.headers['webhook-id']).to.equal(two?.headers['webhook-id']);
    expect(one?.body).to.equal(two?.body);
    expectAll(call.id);
    call.close();
  });

  it('between the answer and its entry in the table', async () => {
    const call = await matched(['nl', 'sv']);
    await arrives(call.id, 'session.created');
    const trx = await fleet.services.db.transaction();
    receiver.answerWith(() => (res) => {
      // The lease is committed; its outcome must wait for this lock.
      void trx
        .raw('select 1 from webhook_deliveries where lease is not null for update')
        .then(() => res.writeHead(204).end());
    });
    answer = () => receiver.answerWith(() => 204);
    await call.end();
    await waitsForLock();
    await die();
    answer();
    await trx.rollback();
    await lapse();
    await fleet.start('worker');
    const state = () =>
      fleet.services.db('webhook_deliveries').where({ subject: `session:${call.id}` });
    await waitFor(async () => (await state()).every((row) => row.state === 'delivered'), {
      ...PATIENCE,
      what: 'the entry',
    });
    expectAll(call.id);
    call.close();
  });
});
