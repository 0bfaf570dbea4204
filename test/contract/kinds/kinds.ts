import { z } from 'zod';
import {
  byteStream,
  formats,
  orTable,
  plainText,
  rawBody,
  redirect,
} from '../../../contract/answers.ts';
import { defineRoute } from '../../../contract/define.ts';
import { bigintId, bigintIds, id } from '../../../contract/fields.ts';

/** A contract module with a route of every kind. The product has no use for them. */
const row = z.strictObject({ at: z.string(), count: z.int(), note: z.string().nullable() });
const rows = z.strictObject({ items: z.array(row) });

export const history = defineRoute({
  method: 'get',
  path: '/v1/kinds/{id}/history',
  summary: 'List what happened',
  access: 'user',
  params: z.strictObject({ id: bigintId }),
  query: z.strictObject({ ...formats }),
  responses: {
    200: orTable(rows, {
      fileName: 'history',
      columns: ['at', 'count', 'note'],
      rows: ({ items }) => items.map(({ at, count, note }) => [at, count, note]),
    }),
  },
});

export const words = defineRoute({
  method: 'get',
  path: '/v1/kinds/words',
  summary: 'Get a text',
  access: 'public',
  query: z.strictObject({ ids: bigintIds(3).optional() }),
  responses: { 200: plainText },
});

export const elsewhere = defineRoute({
  method: 'get',
  path: '/kinds/login',
  summary: 'Continue elsewhere',
  access: 'public',
  query: z.strictObject({ to: z.string() }),
  responses: { 302: redirect },
});

export const MAX_BYTES = 4 * 1024 * 1024;
export const bytes = defineRoute({
  method: 'get',
  path: '/v1/kinds/bytes',
  summary: 'Get bytes',
  access: 'public',
  query: z.strictObject({ type: z.string().default('image/png') }),
  responses: {
    200: byteStream({ contentTypes: ['image/png', 'audio/ogg'], maxBytes: MAX_BYTES }),
  },
});

export const open = defineRoute({
  method: 'get',
  path: '/v1/kinds/overlays/{overlayId}',
  summary: 'Get an overlay',
  access: 'public',
  anyOrigin: true,
  etag: true,
  params: z.strictObject({ overlayId: z.string().max(20) }),
  query: z.strictObject({ ...formats }),
  responses: {
    200: orTable(z.strictObject({ value: z.int() }), {
      fileName: 'overlay',
      columns: ['value'],
      rows: ({ value }) => [[value]],
    }),
  },
  errors: ['session.not_found'],
});

export const next = defineRoute({
  method: 'post',
  path: '/v1/kinds/{id}/next',
  summary: 'Call the next one',
  access: 'user',
  params: z.strictObject({ id: bigintId }),
  body: z.strictObject({ want: z.enum(['made', 'there', 'later', 'none']) }),
  responses: { 200: row, 201: row, 202: z.strictObject({ queued: z.literal(true) }), 204: null },
  errors: ['session.not_found'],
  idempotent: true,
});

export const SENDER = { perSecond: 1, burst: 3 };
export const signed = defineRoute({
  method: 'post',
  path: '/webhooks/kinds/{endpointId}',
  summary: 'Take a signed body',
  access: 'public',
  ignoresBearer: true,
  params: z.strictObject({ endpointId: id }),
  body: rawBody({
    maxBytes: 1024,
    contentTypes: ['application/json', 'application/octet-stream'],
    sender: 'endpointId',
    ...SENDER,
  }),
  responses: { 202: z.strictObject({ sha256: z.string() }), 204: null },
});

const claim = { header: 'X-Claim-Token', description: 'Given once, with the thing.' };
const mine = z.strictObject({ kind: z.enum(['claim', 'person']), role: z.string().nullable() });
export const owned = defineRoute({
  method: 'post',
  path: '/v1/kinds/{id}/owned',
  summary: 'Cancel what is yours',
  access: 'user',
  claim,
  params: z.strictObject({ id: bigintId }),
  body: z.strictObject({ version: z.int() }),
  responses: { 200: mine },
  errors: ['session.not_found'],
  idempotent: true,
});
export const staffOnly = defineRoute({
  method: 'post',
  path: '/v1/kinds/{id}/staff',
  summary: 'Call it',
  access: 'staff',
  claim,
  params: z.strictObject({ id: bigintId }),
  body: z.strictObject({ version: z.int() }),
  responses: { 200: mine },
  idempotent: true,
});

export const routes = [
  history,
  words,
  elsewhere,
  bytes,
  open,
  next,
  signed,
  owned,
  staffOnly,
] as const;
