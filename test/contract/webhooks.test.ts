import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule, { type FormatsPlugin } from 'ajv-formats';
import { expect } from 'chai';
import { openApi } from '../../contract/documents/openapi.ts';
import { webhookEvents } from '../../contract/webhook-events.ts';
import type { DomainEvent } from '../../db/events/domain-event.ts';
import { RETRY_SECONDS } from '../../db/integrations/retry-plan.ts';
import type { RequestRow } from '../../db/matchmaking/requests/request-row.ts';
import type { SessionView } from '../../db/matchmaking/sessions/session-row.ts';
import { reportEvents } from '../../effects/accounts/events.ts';
import { feedbackEvents, matchmakingEvents } from '../../effects/matchmaking/events.ts';
import { payloadOf } from '../../workers/integrations/send-delivery.ts';
import { signedHeaders } from '../../workers/integrations/sign.ts';
import { AN_ID } from './domain.ts';
import { madeOfTickets } from './ticket-events.ts';

const { webhooks } = openApi('1.2.3', 'https://foyer.example');
const operationOf = (type: string) => webhooks[type]?.post;
const types = webhookEvents.map(({ type }) => type);

const at = new Date('2030-01-02T03:04:05.678Z');
const side = {
  ...{ userId: AN_ID, displayName: 'Ada', polite: true, live: true },
  ...{ acceptedAt: null, connectedAt: at, leftAt: null },
};
const session = (state: SessionView['state']): SessionView => ({
  ...{ id: AN_ID, pool: 'default', state, language: 'en', version: 3 },
  ...{ practiceUserId: AN_ID, nativeUserId: AN_ID, createdAt: at, acceptBy: null, connectBy: at },
  ...{ activeAt: at, endsAt: null, warnedAt: null, endedAt: at, endReason: 'left' },
  sides: [
    { ...side, role: 'practice' },
    { ...side, role: 'native' },
  ],
});
const request = (state: RequestRow['state']): RequestRow => ({
  ...{ id: AN_ID, pool: 'default', user_id: AN_ID, native: ['en'], practice: ['es'], level: null },
  ...{ topics: [], state, reason: null, joined_at: at, joined_us: '0', expires_at: at },
  ...{ requeues: 0, session_id: AN_ID, version: 2 },
});
const given = { sessionId: AN_ID, rating: 5, note: null, createdAt: at.toISOString() };
const report = {
  ...{ id: AN_ID, reporterId: AN_ID, userId: AN_ID, sessionId: null, reason: 'rude', note: null },
  ...{ state: 'open' as const, createdAt: at.toISOString() },
};

/** One event of every type, made by the code that makes them for subscribers. */
const made: DomainEvent[] = [
  ...matchmakingEvents({
    found: [session('matched')],
    reached: [session('active'), session('completed'), session('failed')],
    requests: [request('matched'), request('cancelled'), request('expired')],
  }),
  ...feedbackEvents([{ ...given, userId: AN_ID }]),
  ...reportEvents([report]),
  ...madeOfTickets,
];

describe('the webhooks of the OpenAPI document', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormatsModule as unknown as FormatsPlugin)(ajv);
  const schemaOf = (type: string) =>
    operationOf(type)?.requestBody?.content['application/json']?.schema ?? {};
  const sent = ({ type, data }: DomainEvent) =>
    JSON.parse(payloadOf({ type, created_at: at, data: JSON.stringify(data()) }));

  it('are the types that can be subscribed to', () => {
    expect(types).to.include.members(['session.completed', 'report.created']);
    expect(Object.keys(webhooks)).to.have.members(types);
    expect(new Set(types).size, 'each once').to.equal(types.length);
  });

  it('describe the payloads that are sent', () => {
    expect(made.map(({ type }) => type)).to.have.members(types);
    for (const event of made) {
      const validate = ajv.compile(schemaOf(event.type));
      expect(validate(sent(event)), `${event.type} ${ajv.errorsText(validate.errors)}`).to.equal(
        true,
      );
    }
  });

  it('tell payloads of different types apart', () => {
    const validate = ajv.compile(schemaOf('session.completed'));
    for (const event of made.filter(({ type }) => type !== 'session.completed'))
      expect(validate(sent(event)), event.type).to.equal(false);
    const { timestamp: _, ...untimed } = sent(
      made.find((one) => one.type === 'session.completed') as DomainEvent,
    );
    expect(validate(untimed)).to.equal(false);
  });

  it('name the headers that sign a request', () => {
    const names = Object.keys(signedHeaders(AN_ID, 0, '{}', []));
    for (const type of types) {
      const headers = operationOf(type)?.parameters.filter((each) => each.in === 'header');
      expect(headers?.map(({ name }) => name)).to.have.members(names);
    }
  });

  it('say what an answer means, and when a request is sent again', () => {
    for (const type of types) {
      const responses = operationOf(type)?.responses ?? {};
      expect(responses).to.have.all.keys('2XX', '410', 'default');
      const waits = [...(responses['default']?.description.matchAll(/(\d+) (s|min|h)\b/g) ?? [])];
      const unit = { s: 1, min: 60, h: 3600 } as Record<string, number>;
      const seconds = waits.map(([, count, of = '']) => Number(count) * (unit[of] ?? 0));
      expect(seconds).to.deep.equal(RETRY_SECONDS);
    }
  });
});
