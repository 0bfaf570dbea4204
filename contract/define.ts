import { z } from 'zod';
import type { AnswerKinds, RawBody } from './answers.ts';

/**
 * Who may call: anyone (`public`), any signed-in user including guests (`user`), or a role and the roles
 * above it.
 */
export type Access = 'public' | 'user' | 'staff' | 'admin';
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
export type Namespace = '/' | '/public';

type Schema = z.ZodType;

export interface Problem {
  /** The HTTP status. */
  status: number;
  /** What happened and what to do. It may change; the code is permanent. */
  title: string;
}

/** The error codes of a domain, each `<noun>.<what>`. A code belongs to one domain only. */
export const defineErrors = <const E extends Readonly<Record<string, Problem>>>(errors: E): E =>
  errors;

/** A credential of a domain in a header, accepted beside a bearer token. The domain turns it into a caller. */
export interface Claim {
  header: string;
  description: string;
}

export interface RouteDefinition<
  Params extends Schema = Schema,
  Query extends Schema = Schema,
  Body extends Schema | RawBody = Schema | RawBody,
  Answers extends AnswerKinds = AnswerKinds,
> {
  method: Method;
  /** OpenAPI form: `/v1/users/{id}`. */
  path: string;
  summary: string;
  /** Who may call with a bearer token. */
  access: Access;
  /** Mount such a route with `identify`, which turns this credential into the caller. */
  claim?: Claim;
  /** A public route that also works with an expired token: sign-in, refresh, health checks. */
  ignoresBearer?: boolean;
  /** Scripts of every site may call it. For public routes only. */
  anyOrigin?: boolean;
  /**
   * The answer of this GET has an `ETag`. A client that sends it in `If-None-Match` gets 304 while it is
   * current.
   */
  etag?: boolean;
  params?: Params;
  query?: Query;
  body?: Body;
  /** The success responses: status → schema, another kind of answer, or null for no content. */
  responses: Answers;
  /**
   * Error codes of this route, in addition to those that every route can return.
   * `test/contract/errors.test.ts` finds unknown ones.
   */
  errors?: readonly string[];
  /** Accepts `Idempotency-Key`, like every POST outside `/v1/auth/*` and `/webhooks/*`. */
  idempotent?: boolean;
  /** The answer contains a secret, so the answer stored for an idempotency key is sealed. */
  answerHoldsSecret?: boolean;
  /** The cost in points of the caller's bucket: 1 by default, more for an expensive one. */
  weight?: number;
  /** It may take seconds: it runs beside the requests in flight of its person, so that none of them waits for it. */
  isReport?: boolean;
}

export const defineRoute = <
  P extends Schema = z.ZodUndefined,
  Q extends Schema = z.ZodUndefined,
  B extends Schema | RawBody = z.ZodUndefined,
  const A extends AnswerKinds = AnswerKinds,
>(
  route: RouteDefinition<P, Q, B, A>,
): RouteDefinition<P, Q, B, A> => route;

/** A client → server event. The server acknowledges each one with `{ ok, data | error }`. */
export interface CommandDefinition<
  Event extends string = string,
  Payload extends Schema = Schema,
  Data extends Schema = Schema,
  Who extends Access = Access,
> {
  event: Event;
  namespace: Namespace | readonly Namespace[];
  summary: string;
  /** Checked at each command, not at the handshake. `user` by default. */
  access?: Who;
  /** The cost in points of the caller's bucket: 1 by default, more for an expensive one. */
  weight?: number;
  payload: Payload;
  data: Data;
  errors?: readonly string[];
}

export const defineCommand = <
  const E extends string,
  P extends Schema,
  D extends Schema,
  const A extends Access = 'user',
>(
  command: CommandDefinition<E, P, D, A>,
): CommandDefinition<E, P, D, A> => command;

/**
 * A server → client push. It is best-effort and carries a version or seq, so a client can detect a gap and
 * read the state again.
 */
export interface PushDefinition<Event extends string = string, Payload extends Schema = Schema> {
  event: Event;
  namespace: Namespace | readonly Namespace[];
  summary: string;
  payload: Payload;
}

export const definePush = <const E extends string, P extends Schema>(
  push: PushDefinition<E, P>,
): PushDefinition<E, P> => push;

/** An event to which outside systems can subscribe. It is delivered at least once, in order per subject. */
export interface WebhookEventDefinition<
  Type extends string = string,
  Data extends Schema = Schema,
> {
  /** `<thing>.<what>`. Permanent, like an error code. */
  type: Type;
  summary: string;
  /** The field `data` of the payload `{ type, timestamp, data }`. */
  data: Data;
}

export const defineWebhookEvent = <const T extends string, D extends Schema>(
  event: WebhookEventDefinition<T, D>,
): WebhookEventDefinition<T, D> => event;

export const namespacesOf = ({
  namespace,
}: {
  namespace: Namespace | readonly Namespace[];
}): readonly Namespace[] => (typeof namespace === 'string' ? [namespace] : namespace);

/** A subscription: the answer has the current state, then pushes follow until the client stops. */
export interface SubscriptionDefinition<
  Event extends string = string,
  Unwatch extends string = string,
  Payload extends Schema = Schema,
  Snapshot extends Schema = Schema,
  Who extends Access = Access,
> {
  /** List both among the commands of the domain. */
  watch: CommandDefinition<Event, Payload, Snapshot, Who>;
  /** Takes the same payload. */
  unwatch: CommandDefinition<Unwatch, Payload, typeof nothing, Who>;
  /** The pushes to watchers; some may be older than the snapshot. */
  pushes: readonly PushDefinition[];
}

interface SubscriptionParts<E, U, P, S, A> {
  event: E;
  unwatch: U;
  namespace: Namespace | readonly Namespace[];
  summary: string;
  access?: A;
  weight?: number;
  payload: P;
  /** The ack of `event`: the current state, with its seq or version. */
  snapshot: S;
  pushes: readonly PushDefinition[];
  errors?: readonly string[];
}

const nothing = z.strictObject({});

/** Declares the two commands of a subscription: start to watch, and stop. */
export function defineSubscription<
  const E extends string,
  const U extends string,
  P extends Schema,
  S extends Schema,
  const A extends Access = 'user',
>(parts: SubscriptionParts<E, U, P, S, A>): SubscriptionDefinition<E, U, P, S, A> {
  const { event, unwatch, summary, snapshot, pushes, errors = [], ...common } = parts;
  return {
    watch: {
      ...common,
      event,
      summary,
      data: snapshot,
      errors: ['subscription.limit', ...errors],
    },
    unwatch: { ...common, event: unwatch, summary: `Stop: ${summary}`, data: nothing },
    pushes,
  };
}
