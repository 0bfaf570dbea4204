import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule, { type FormatsPlugin } from 'ajv-formats';
import { expect } from 'chai';
import { io } from 'socket.io-client';
import type { z } from 'zod';
import { commands, pushes } from '../../contract/catalogue.ts';
import { namespacesOf } from '../../contract/define.ts';
import type { AsyncApiDocument } from '../../contract/documents/asyncapi.ts';
import * as tickets from '../../contract/tickets.ts';
import { newId } from '../../ids.ts';
import { useFleet } from '../support/fleet.ts';
import { type Answer, connect, guest, type Person, pair } from '../support/person.ts';
import { waitFor } from '../support/wait-for.ts';

const addFormats = addFormatsModule as unknown as FormatsPlugin;

describe('fleet: the socket side of the contract', () => {
  const fleet = useFleet({ servers: 1, workers: 1 });
  const people: Person[] = [];
  afterEach(() => {
    for (const person of people.splice(0)) person.close();
  });
  const url = () => fleet.servers[0]?.url ?? '';
  const someone = async () => {
    const person = await connect(url());
    people.push(person);
    return person;
  };
  const requests = () => fleet.services.db('match_requests').count('* as n').first();

  const wrongJoins: [name: string, payload: unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['a text', 'join'],
    ['a number', 7],
    ['a list', [['es'], ['en']]],
    ['no languages', {}],
    ['an empty list', { native: [], practice: ['en'] }],
    ['four languages', { native: ['es', 'fr', 'de', 'it'], practice: ['en'] }],
    ['a language twice', { native: ['es', 'es'], practice: ['en'] }],
    ['an unknown code', { native: ['xx'], practice: ['en'] }],
    ['a code in both lists', { native: ['es'], practice: ['en', 'es'] }],
    ['an unknown field', { native: ['es'], practice: ['en'], colour: 'red' }],
    ['a level out of range', { native: ['es'], practice: ['en'], level: 7 }],
    ['a level of another type', { native: ['es'], practice: ['en'], level: 'B2' }],
    ['nine topics', { native: ['es'], practice: ['en'], topics: Array(9).fill('x') }],
    ['a bad pool', { native: ['es'], practice: ['en'], pool: '{x}' }],
    ['a NUL', { native: ['es'], practice: ['en'], topics: ['a\u0000b'] }],
    ['bytes', Buffer.from('join')],
  ];
  for (const [name, payload] of wrongJoins) {
    it(`match:join with ${name}: request.invalid, nothing changed`, async () => {
      const person = await someone();
      const before = await requests();
      const answer = await person.emit('match:join', payload);
      expect(answer.error?.code).to.equal('request.invalid');
      expect(await requests()).to.deep.equal(before);
      expect(person.socket.connected).to.equal(true);
    });
  }

  it('answers unknown events and strangers’ sessions with their codes', async () => {
    const person = await someone();
    expect((await person.emit('match:jion')).error?.code).to.equal('request.invalid');
    const unknown = await person.emit('session:leave', { sessionId: newId() });
    expect(unknown.error?.code).to.equal('session.not_found');
    const { session, ana, bob } = await pair(url(), url(), 'strangers');
    people.push(ana, bob);
    for (const event of ['session:leave', 'session:connected']) {
      const answer = await person.emit(event, { sessionId: session.id });
      expect(answer.error?.code).to.equal('session.not_found');
    }
  });

  it('survives a flood of malformed events, and says so to each', async () => {
    const person = await someone();
    const flood = Array.from({ length: 2_000 }, (_, at) =>
      person.emit(at % 2 ? 'match:join' : `nonsense:${at}`, { at }),
    );
    const codes = new Set((await Promise.all(flood)).map(({ error }: Answer) => error?.code));
    expect([...codes]).to.deep.equal(['request.invalid']);
    expect((await person.emit('match:status')).ok).to.equal(true);
  });

  it('drops a frame over 128 KiB with its socket, and nobody else', async () => {
    const [big, other] = [await someone(), await someone()];
    big.socket.io.reconnection(false);
    const gone = new Promise((resolve) => big.socket.once('disconnect', resolve));
    big.socket.emit('match:join', { topics: ['x'.repeat(140 * 1024)] });
    await gone;
    expect((await other.emit('match:status')).ok).to.equal(true);
  });

  it('takes events without an ack, and without a payload', async () => {
    const person = await someone();
    person.socket.emit('match:join', { native: ['es'], practice: ['en'], pool: 'no-ack' });
    await person.hears('match:state');
    const left = new Promise<Answer>((resolve) => person.socket.emit('match:leave', resolve));
    expect(await left).to.deep.equal({ ok: true, data: {} });
  });

  it('refuses a handshake without a good token, with its code', async () => {
    const { accessToken } = await guest(url());
    const [head, body] = accessToken.split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    const tokens: [unknown, string][] = [
      [undefined, 'auth.required'],
      ['', 'auth.required'],
      [42, 'auth.required'],
      ['nonsense', 'auth.invalid'],
      [`${head}.${body}.AAAA`, 'auth.invalid'],
      [`${none}.${body}.`, 'auth.invalid'],
    ];
    for (const [token, code] of tokens) {
      const socket = io(url(), { transports: ['websocket'], auth: { token }, forceNew: true });
      const error = await new Promise<{ data: { code: string } }>((resolve) =>
        socket.once('connect_error', (refused) => resolve(refused as never)),
      );
      socket.close();
      expect(error.data.code).to.equal(code);
    }
  });

  it('keeps to the AsyncAPI document that it serves: every event, ack and push', async () => {
    const document = (await (await fetch(`${url()}/asyncapi.json`)).json()) as AsyncApiDocument;
    const messages = document.channels['main']?.messages ?? {};
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats(ajv);
    ajv.addSchema(document as object, 'events');
    const check = (message: string, value: unknown) => {
      const found = messages[message];
      if (!found) throw new Error(`the document has no message ${message}`);
      const valid = ajv.validate({ ...found.payload, components: document.components }, value);
      expect(ajv.errorsText(valid ? null : ajv.errors), message).to.equal('No errors');
    };

    const { ana, bob, session } = await pair(url(), url(), 'asyncapi');
    people.push(ana, bob);
    const asked = new Set<string>();
    const ask = async (person: Person, event: string, payload: unknown = {}) => {
      asked.add(event);
      check(event, payload);
      check(`${event}.ack`, await person.emit(event, payload));
    };
    await ask(ana, 'match:status');
    const { id: sessionId } = session;
    await ask(ana, 'session:accept', { sessionId });
    await ask(bob, 'session:signal', { sessionId, description: { type: 'offer', sdp: 'v=0' } });
    await ask(bob, 'session:signal', { sessionId, candidate: { candidate: 'c', sdpMid: '0' } });
    await ask(ana, 'session:resume', { sessionId, afterSeq: 0 });
    await ask(ana, 'session:decline', { sessionId });
    await ask(ana, 'session:connected', { sessionId: session.id });
    await ask(bob, 'session:connected', { sessionId: session.id });
    await ask(bob, 'session:leave', { sessionId: session.id });
    await ask(bob, 'session:leave', { sessionId: session.id });
    await ask(ana, 'match:join', { native: ['es'], practice: ['en'], pool: 'asyncapi' });
    await ask(ana, 'match:leave');
    // A guest may do nothing at a counter; the tests of tickets do what staff may.
    const target = { counterId: '1', queueId: '1', ticketId: '1', version: 1 };
    for (const command of tickets.commands) {
      if (!namespacesOf(command).includes('/')) continue;
      const fields = Object.keys((command.payload as z.ZodObject).shape);
      const payload = Object.entries(target).filter(([name]) => fields.includes(name));
      await ask(ana, command.event, Object.fromEntries(payload));
    }
    const inMain = commands.filter((command) => namespacesOf(command).includes('/'));
    expect([...asked].sort()).to.deep.equal(inMain.map(({ event }) => event).sort());

    await fleet.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await ana.hears('resync');
    await fetch(`${url()}/v1/auth/logout`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refreshToken: ana.tokens.refreshToken }),
    });
    await ana.hears('connection:closing');
    const ofTickets = new Set<string>(tickets.pushes.map(({ event }) => event));
    const others = pushes.filter(({ event }) => !ofTickets.has(event));
    await waitFor(() => new Set(ana.heard.map(({ event }) => event)).size === others.length, {
      what: 'every kind of push',
    });
    for (const { event, payload } of [...ana.heard, ...bob.heard]) check(`${event}.push`, payload);
  });
});
