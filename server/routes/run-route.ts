import type { Request, Response } from 'express';
import { z } from 'zod';
import { bounds } from '../../config.ts';
import { isRaw } from '../../contract/answers.ts';
import { FoyerError } from '../../contract/errors.ts';
import type { KeyedRequest } from '../../db/write/idempotency-answers.ts';
import { stateOf } from '../../http/request-state.ts';
import { withTimeout } from '../../with-timeout.ts';
import type { ServerDeps } from '../deps.ts';
import { addressKey } from '../limits/client-address.ts';
import { type Admitted, admit, type RouteGate } from './admit.ts';
import { answer, type Unsent } from './answer.ts';
import { answerSealerOf } from './answer-sealer.ts';
import { checkKey, hashOf, hashOfClaim } from './idempotency.ts';
import { parse } from './parse.ts';
import { readBody } from './read-body.ts';
import type { MountedRoute } from './route.ts';

const BUDGET_MS = bounds.requestSeconds * 1000;
const late = {
  body: () =>
    new FoyerError('request.invalid', { detail: 'The request body did not arrive in time.' }),
  work: () => new FoyerError('operation.pending'),
};

/** What belongs to one mounted route of one server process. */
export interface ReadyRoute {
  mounted: MountedRoute;
  gate: RouteGate;
}

/**
 * Run one request: authenticate, check the role, count, parse, then call the handler. The contract fixes the
 * order of errors: 401, 403, 429, a malformed id, 404 for a resource of another user, then other invalid input.
 */
export async function runRoute(
  deps: ServerDeps,
  { mounted, gate }: ReadyRoute,
  req: Request,
  res: Response,
  address: string,
): Promise<void> {
  const { route, owner } = mounted;
  const isInTurn = route.isReport !== true;
  const { requestId } = stateOf(res);
  const admitted = await withTimeout(
    BUDGET_MS,
    admit(deps, { mounted, gate }, req, res, address),
    late.work,
  );
  const { who, person } = admitted;
  const inTurn = <Result>(work: () => Promise<Result>) =>
    withTimeout(
      BUDGET_MS,
      person && isInTurn ? deps.limits.person.run(person.userId, work) : work(),
      late.work,
    );
  const log = deps.log.child({ request_id: requestId, user_id: person?.userId });
  const params = route.params ? parse(route.params, { ...req.params }) : undefined;
  const common = { params, caller: who, address, requestId, db: deps.db, log, req, res };
  const sent: Sent = { body: undefined };
  let input: Input;
  try {
    input = await readInput(sent, { mounted, gate }, req, res);
  } catch (error) {
    if (owner) await inTurn(() => owner({ ...common, body: sent.body } as never));
    throw error;
  }
  const key =
    input.key === undefined
      ? undefined
      : {
          ...keyOf(input.key, sent.body, mounted, admitted, req, address),
          ...(route.answerHoldsSecret ? { sealer: answerSealerOf(deps.config) } : {}),
        };
  const context = { ...common, ...input, key };
  const unsent = await inTurn(() => answer(mounted, context));
  if (unsent) await sendInTurn(unsent, gate, person?.userId ?? addressKey(address));
}

async function sendInTurn(unsent: Unsent, { streams }: RouteGate, key: string): Promise<void> {
  let isSent = false;
  try {
    await streams.run(key, () => {
      isSent = true;
      return unsent.send();
    });
  } finally {
    if (!isSent) await unsent.abandon();
  }
}

interface Sent {
  /** The body as it was sent; undefined until it was read. */
  body: unknown;
}
interface Input {
  query: unknown;
  body: unknown;
  key: string | undefined;
}

async function readInput(
  sent: Sent,
  { mounted: { route }, gate }: ReadyRoute,
  req: Request,
  res: Response,
): Promise<Input> {
  const read = gate.readRaw ?? readBody;
  sent.body = await withTimeout(BUDGET_MS, read(req, res), late.body);
  const query = route.query ? parse(route.query, { ...req.query }) : undefined;
  // a route without a body accepts none or an empty object, but no fields that it would ignore
  const body = isRaw(route.body) ? sent.body : parse(route.body ?? nothing, sent.body);
  const given = route.idempotent ? req.headers['idempotency-key'] : undefined;
  return { query, body, key: typeof given === 'string' ? checkKey(given) : undefined };
}

const nothing = z.strictObject({});

const keyOf = (
  key: string,
  sent: unknown,
  { route }: MountedRoute,
  { person, scope }: Admitted,
  req: Request,
  address: string,
): KeyedRequest => ({
  scope: person ? `user:${person.userId}` : anonymousScope(route, scope, address),
  key,
  hash: hashOf(req.method, req.path, sent),
});

/** A claim is as good as a password, so only its hash is stored. */
const anonymousScope = (
  { method, path }: MountedRoute['route'],
  claim: string | undefined,
  address: string,
): string => `anon:${method} ${path}:${claim === undefined ? address : hashOfClaim(claim)}`;
