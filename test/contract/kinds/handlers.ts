import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { FoyerError } from '../../../contract/errors.ts';
import type { Caller } from '../../../server/deps.ts';
import type { Identify } from '../../../server/routes/access.ts';
import { type MountedRoute, mount } from '../../../server/routes/route.ts';
import * as kinds from './kinds.ts';

export const CLAIM = 'the-token-of-7';
/** The one thing that exists: it has an owner, and a claim token. */
export const THING = '7';

type Owner = { kind: 'claim'; token: string } | { kind: 'person'; caller: Caller };
const byClaimOrBearer: Identify<Owner> = async ({ header, signedIn }) => {
  const person = await signedIn();
  if (person) return { who: { kind: 'person', caller: person }, person };
  const token = header('X-Claim-Token');
  if (token === undefined) throw new FoyerError('auth.required');
  return { who: { kind: 'claim', token }, scope: token };
};
const staff: Identify<Owner> = async (credentials) => {
  const identity = await byClaimOrBearer(credentials);
  if (identity.who.kind === 'claim') throw new FoyerError('auth.forbidden');
  return identity;
};

const refuseStrangers = async (params: { id: string }, owner: Owner) => {
  const isOwner = owner.kind === 'person' ? owner.caller.role !== 'guest' : owner.token === CLAIM;
  if (params.id !== THING || !isOwner) throw new FoyerError('session.not_found');
};
const mineOf = (owner: Owner) => ({
  kind: owner.kind,
  role: owner.kind === 'person' ? owner.caller.role : null,
});

export interface Seen {
  /** The raw bodies that arrived. */
  bodies: Buffer[];
  /** How often a source of a stream was read, and whether it was let go. */
  chunks: number;
  isReleased: boolean;
  /** What the next stream gives. */
  source: () => AsyncIterable<Uint8Array>;
  /** How often the version of the overlay was read. */
  value: number;
  gates: number;
  /** The scopes of the idempotency keys that arrived. */
  scopes: string[];
}

export const NOTHING: Seen = {
  ...{ bodies: [], scopes: [], chunks: 0, isReleased: false, value: 1, gates: 0 },
  source: async function* () {},
};

const ITEM = { at: '2026-01-01T00:00:00.000Z', count: 1, note: null };

export const mountKinds = (seen: Seen): MountedRoute[] => [
  mount(kinds.history, async () => ({
    status: 200,
    body: { items: [ITEM, { ...ITEM, count: -2, note: '=1+1' }, { ...ITEM, note: 'a "b", c' }] },
  })),
  mount(kinds.words, async ({ query }) => ({ status: 200, body: `${query.ids ?? 'Grüße'}` })),
  mount(kinds.elsewhere, async ({ query }) => ({ status: 302, location: query.to })),
  mount(kinds.bytes, async ({ query }) => ({
    status: 200,
    stream: Readable.from(seen.source(), { objectMode: false }),
    contentType: query.type,
    fileName: 'böse".png',
  })),
  mount(kinds.open, async ({ params }) => {
    if (params.overlayId === 'none') throw new FoyerError('session.not_found');
    return { status: 200, body: { value: seen.value } };
  }),
  mount(kinds.next, {
    owner: async ({ params }) => {
      seen.gates += 1;
      if (params.id !== THING) throw new FoyerError('session.not_found');
    },
    handle: async ({ body: { want } }) => {
      if (want === 'made') return { status: 201, body: ITEM };
      if (want === 'later') return { status: 202, body: { queued: true } };
      return want === 'none' ? { status: 204 } : { status: 200, body: ITEM };
    },
  }),
  mount(kinds.signed, async ({ body }) => {
    seen.bodies.push(body);
    const sha256 = createHash('sha256').update(body).digest('hex');
    return body.length === 0 ? { status: 204 } : { status: 202, body: { sha256 } };
  }),
  mount(kinds.owned, {
    identify: byClaimOrBearer,
    owner: ({ params, caller }) => refuseStrangers(params, caller),
    handle: async ({ params, caller, key }) => {
      if (key) seen.scopes.push(key.scope);
      await refuseStrangers(params, caller);
      return { status: 200, body: mineOf(caller) };
    },
  }),
  mount(kinds.staffOnly, {
    identify: staff,
    handle: async ({ caller }) => ({ status: 200, body: mineOf(caller) }),
  }),
];
