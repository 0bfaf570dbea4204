import { expect } from 'chai';
import { z } from 'zod';
import { defineCommand } from '../../../contract/define.ts';
import { FoyerError } from '../../../contract/errors.ts';
import { newId } from '../../../ids.ts';
import { mountCommand } from '../../../server/gateway/mount.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { fakeAuth } from '../app-under-test.ts';
import { payloadsOf, startGateway, type TestGateway } from './start-gateway.ts';

const plain = {
  namespace: '/',
  summary: 'A command of the tests',
  payload: z.strictObject({ id: z.string() }),
  data: z.strictObject({}),
} as const;

describe('commands', () => {
  const services = useServices();
  let one: TestGateway;
  const ended = new Map<string, 'auth.expired' | 'auth.invalid'>();
  const gates: string[] = [];
  const left: string[] = [];
  const auth = {
    ...fakeAuth,
    async check({ userId }: { userId: string }) {
      const code = ended.get(userId);
      if (code) throw new FoyerError(code);
    },
  };
  const commands = [
    mountCommand(defineCommand({ ...plain, event: 'test:user' }), async ({ caller }) => {
      expect(caller.userId).to.be.a('string');
      return {};
    }),
    mountCommand(
      defineCommand({ ...plain, event: 'test:staff', access: 'staff' }),
      async () => ({}),
    ),
    mountCommand(defineCommand({ ...plain, event: 'test:owned' }), {
      async owner({ payload }) {
        gates.push(JSON.stringify(payload));
        const { id } = payload as { id?: unknown };
        if (id === 'strangers') throw new FoyerError('match.not_found');
      },
      handle: async () => ({}),
    }),
    mountCommand(
      defineCommand({
        ...plain,
        event: 'test:seen',
        namespace: ['/', '/public'],
        access: 'public',
        data: z.strictObject({ userId: z.string().nullable(), address: z.string() }),
      }),
      async ({ caller, socket }) => {
        socket.onDisconnect(() => left.push(socket.namespace));
        return { userId: caller?.userId ?? null, address: socket.address };
      },
    ),
  ];
  before(async () => {
    one = await startGateway(services, { commands, auth });
  });
  after(() => one.close());
  const codeOf = (answer: { error?: { code: string } }) => answer.error?.code ?? 'ok';

  it('are allowed by role, before the payload is validated', async () => {
    const [user, staff] = [await one.client(newId()), await one.client(newId(), 'staff')];
    expect(codeOf(await user.ask('test:user', { id: 'x' }))).to.equal('ok');
    expect(codeOf(await user.ask('test:user', { id: 1 }))).to.equal('request.invalid');
    for (const payload of [{ id: 'x' }, { id: 1 }])
      expect(codeOf(await user.ask('test:staff', payload))).to.equal('auth.forbidden');
    expect(codeOf(await staff.ask('test:staff', { id: 'x' }))).to.equal('ok');
    expect(codeOf(await staff.ask('test:staff', { id: 1 }))).to.equal('request.invalid');
  });

  it('ask the owner gate about a payload that is not valid, and only then', async () => {
    const user = await one.client(newId());
    const ask = async (payload: unknown) => codeOf(await user.ask('test:owned', payload));
    expect(await ask({ id: 'mine' })).to.equal('ok');
    expect(gates).to.deep.equal([]);
    expect(await ask({ id: 'strangers', more: 1 })).to.equal('match.not_found');
    expect(await ask({ id: 'mine', more: 1 })).to.equal('request.invalid');
    expect(await ask('text')).to.equal('request.invalid');
    expect(gates).to.have.lengthOf(3);
  });

  it('are answered in /public without an account, and only those that are public', async () => {
    const viewer = await one.viewer();
    expect((await viewer.ask('test:seen', { id: 'x' })).data).to.deep.equal({
      userId: null,
      address: '127.0.0.1',
    });
    expect(codeOf(await viewer.ask('test:user', { id: 'x' }))).to.equal('request.invalid');
    const ana = newId();
    const user = await one.client(ana);
    expect((await user.ask('test:seen', { id: 'x' })).data).to.deep.include({ userId: ana });
    viewer.socket.disconnect();
    await waitFor(() => left.includes('/public'));
  });

  for (const code of ['auth.expired', 'auth.invalid'] as const)
    it(`look at the token each time: ${code} is the answer, then the end of the socket`, async () => {
      const ana = newId();
      const user = await one.client(ana);
      const reason = new Promise((resolve) => user.socket.once('disconnect', resolve));
      ended.set(ana, code);
      expect(codeOf(await user.ask('test:user', { id: 'x' }))).to.equal(code);
      expect(await reason).to.equal('io server disconnect');
      expect(
        payloadsOf(user, 'connection:closing').map((payload) => payload['code']),
      ).to.deep.equal([code]);
    });

  it('leave their answer and the push that comes with it in one write', async () => {
    const ana = newId();
    const writing = await startGateway(services, {
      commands: [
        mountCommand(defineCommand({ ...plain, event: 'test:push' }), async () => {
          await new Promise((resolve) => setImmediate(resolve));
          writing.gateway.push({ people: [ana] }, 'match:state', {} as never);
          writing.gateway.push({ people: [ana] }, 'session:state', {} as never);
          return {};
        }),
      ],
    });
    try {
      const user = await writing.client(ana);
      const before = writing.writes();
      await user.ask('test:push', { id: 'x' });
      await waitFor(() => payloadsOf(user, 'session:state').length === 1);
      expect(writing.writes() - before).to.equal(1);
    } finally {
      await writing.close();
    }
  });
});
