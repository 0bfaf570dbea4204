import { expect } from 'chai';
import { useServices } from '../../support/services.ts';
import { type Office, openOffice, type Taken } from '../office.ts';

const MAX = '9223372036854775807';
const BAD_IDS = [
  '9223372036854775808',
  '99999999999999999999',
  '-1',
  '1.5',
  '1e3',
  '0x1',
  'ten',
  '%00',
  '01',
];

describe('tickets: input that makes no sense', () => {
  const t = useServices();
  let office: Office;
  let queueId = '';
  let ticket: Taken;
  before(async () => {
    office = await openOffice(t);
    queueId = (await office.queue({ awayMaxSeconds: 86_400 })).id;
    ticket = await office.take(queueId);
  });
  const ask = (method: string, path: string, body?: unknown) =>
    office.ask(method, path, { token: office.staff, ...(body === undefined ? {} : { body }) });

  it('answers 400 for ids that are no bigint, and 404 for those of nothing', async () => {
    const places: [string, string, object?][] = [
      ['GET', '/v1/queues/:id'],
      ['PATCH', '/v1/queues/:id', { version: 1 }],
      ['GET', '/v1/queues/:id/board'],
      ['GET', '/v1/queues/:id/events'],
      ['GET', '/v1/queues/:id/tickets'],
      ['POST', '/v1/queues/:id/tickets', {}],
      ['PATCH', '/v1/counters/:id', { version: 1 }],
      ['POST', '/v1/counters/:id/heartbeat', {}],
      ['POST', '/v1/counters/:id/call-next', {}],
      ['GET', '/v1/tickets/:id'],
      ['GET', '/v1/tickets/:id/history'],
      ['GET', '/v1/tickets/:id/overtakes'],
      ['POST', '/v1/tickets/:id/cancel', { version: 1 }],
    ];
    for (const [method, path, body] of places) {
      for (const id of BAD_IDS) {
        const reply = await ask(method, path.replace(':id', id), body);
        expect(reply.json, `${method} ${path} ${id}`).to.include({ code: 'request.invalid' });
      }
      for (const id of [MAX, '0']) {
        const reply = await ask(method, path.replace(':id', id), body);
        expect(reply.status, `${method} ${path} ${id}`).to.equal(404);
        expect(reply.json.code).to.match(/^(?:queue|counter|ticket)\.not_found$/);
      }
    }
  });

  it('says the same of ids in bodies and queries', async () => {
    const counter = await office.counter([queueId]);
    const cases: [string, (id: string) => object][] = [
      [`/v1/counters/${counter.id}/call-next`, (id) => ({ queueId: id })],
      [`/v1/tickets/${ticket.id}/call`, (id) => ({ version: 1, counterId: id })],
      [`/v1/tickets/${ticket.id}/transfer`, (id) => ({ version: 1, queueId: id })],
    ];
    for (const [path, bodyOf] of cases) {
      for (const id of [...BAD_IDS, 7, null])
        expect((await ask('POST', path, bodyOf(id as string))).status, `${path} ${id}`).to.equal(
          400,
        );
      expect((await ask('POST', path, bodyOf(MAX))).status, path).to.equal(404);
    }
    for (const ids of [
      '',
      'x',
      '1,',
      `1,${BAD_IDS[0]}`,
      Array.from({ length: 21 }, (_, n) => n + 1).join(','),
    ])
      expect((await ask('GET', `/v1/board?queueIds=${ids}`)).status, ids).to.equal(400);
    expect((await ask('GET', `/v1/board?queueIds=${queueId},${MAX}`)).status).to.equal(404);
    expect((await ask('GET', '/v1/board')).status).to.equal(400);
    const created = await ask('POST', '/v1/counters', { name: 'Desk', queueIds: [queueId, MAX] });
    expect(created.json.errors[0].path).to.equal('queueIds.1');
  });

  it('refuses control characters, oversized texts and numbers out of range', async () => {
    const names = ['a\u0000b', 'a\nb', '', '   ', 'x'.repeat(81), 7, ['x'], {}];
    for (const customerName of names) {
      const reply = await ask('POST', `/v1/queues/${queueId}/tickets`, { customerName });
      expect(reply.status, JSON.stringify(customerName)).to.equal(400);
    }
    const bodies = [
      { notifyAhead: 51 },
      { notifyAhead: -1 },
      { estimatedSeconds: 0 },
      { estimatedSeconds: 1.5 },
      { priority: 11 },
      { priority: -1 },
      { priority: '1' },
      { scheduledAt: 'tomorrow' },
      { scheduledAt: '2030-02-30T00:00:00Z' },
    ];
    for (const body of bodies)
      expect(
        (await ask('POST', `/v1/queues/${queueId}/tickets`, body)).status,
        JSON.stringify(body),
      ).to.equal(400);
    const verbs: [string, object][] = [
      ['complete', { note: 'x'.repeat(501) }],
      ['complete', { note: 'a\u0007b' }],
      ['cancel', { reason: 'x'.repeat(201) }],
      ['progress', { percent: 101 }],
      ['progress', { percent: 'half' }],
      ['return', { place: { after: -1 } }],
      ['return', { place: { after: 1_001 } }],
      ['return', { place: 'middle' }],
      ['postpone', { after: 0 }],
      ['away', { seconds: 0 }],
      ['away', { seconds: 1e9 }],
      ['cancel', { version: 0 }],
      ['cancel', { version: 2 ** 31 }],
      ['cancel', { version: 1.5 }],
      ['cancel', { version: '1' }],
    ];
    for (const [name, more] of verbs) {
      const reply = await office.verb(name, ticket, more);
      expect(reply.status, `${name} ${JSON.stringify(more).slice(0, 60)}`).to.equal(400);
    }
    expect((await office.read(ticket.id)).version).to.equal(1);
  });

  it('takes appointments of any time that it accepts, and refuses the others', async () => {
    const queue = await office.queue({ priorityBoostSeconds: 86_400 });
    for (const year of ['0000', '0001', '0099', '1969', '1970', '2026', '2199', '2300', '9999'])
      for (const priority of [0, 10]) {
        const body = { scheduledAt: `${year}-01-01T00:00:00.000Z`, priority };
        const reply = await ask('POST', `/v1/queues/${queue.id}/tickets`, body);
        expect([201, 400], `${year} ${reply.text}`).to.include(reply.status);
        if (reply.status === 201) expect(reply.json.scheduledAt).to.equal(body.scheduledAt);
      }
    const list = await ask('GET', `/v1/queues/${queue.id}/tickets?state=waiting`);
    expect(list.json.items).not.to.deep.equal([]);
  });

  it('refuses cursors that it did not make', async () => {
    const path = `/v1/queues/${queueId}/tickets?cursor=`;
    const texts = [
      'x',
      '1',
      ':',
      '1:2:3',
      '-99999999999999999:1',
      '99999999999999999:1',
      `1:${'9'.repeat(19)}`,
      "1:1'--",
    ];
    for (const text of texts) {
      const cursor = Buffer.from(text).toString('base64url');
      const { status } = await ask('GET', path + cursor);
      expect([200, 400], text).to.include(status);
    }
    for (const query of [
      'state=gone',
      'state=',
      'state=waiting,waiting,gone',
      'limit=0',
      'limit=101',
    ])
      expect((await ask('GET', `/v1/queues/${queueId}/tickets?${query}`)).status, query).to.equal(
        400,
      );
    for (const query of ['afterSeq=-1', 'afterSeq=x', 'afterSeq=9007199254740993', 'limit=1.5'])
      expect((await ask('GET', `/v1/queues/${queueId}/events?${query}`)).status, query).to.equal(
        400,
      );
    const far = await ask('GET', `/v1/queues/${queueId}/events?afterSeq=9007199254740991`);
    expect(far.json).to.deep.include({ items: [], headSeq: 1 });
  });

  it('refuses settings of queues and counters that cannot be', async () => {
    const queues = [
      { slug: 'Up' },
      { slug: '-x' },
      { slug: 'x'.repeat(65) },
      { prefix: 'a' },
      { prefix: 'A1' },
      { prefix: 'ABCDE' },
      { timezone: 'Mars/Olympus' },
      { timezone: '' },
      { hours: [{ day: 8, opens: '08:00', closes: '09:00' }] },
      { hours: [{ day: 1, opens: '24:00', closes: '09:00' }] },
      { noShow: { maxCalls: 0, requeueAfter: null } },
      { noShow: { maxCalls: 1 } },
      { leaseSeconds: 4 },
      { maxWaiting: 0 },
    ];
    for (const more of queues) {
      const body = { slug: 'fine', name: 'Fine', ...more };
      expect((await ask('POST', '/v1/queues', body)).status, JSON.stringify(more)).to.equal(400);
      const patch = await ask('PATCH', `/v1/queues/${queueId}`, { version: 1, ...more });
      expect(patch.status, JSON.stringify(more)).to.equal(400);
    }
    for (const more of [
      { queueIds: [] },
      { queueIds: 'x' },
      { name: 'x'.repeat(61) },
      { pauseReason: 'x'.repeat(41) },
      { state: 'gone' },
    ])
      expect(
        (await ask('POST', '/v1/counters', { name: 'Desk', queueIds: [queueId], ...more })).status,
        JSON.stringify(more),
      ).to.equal(400);
  });
});
