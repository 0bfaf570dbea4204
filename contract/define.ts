import type { z } from 'zod';
import type { ErrorCode } from '../errors.ts';

/** Who may call: nobody is asked, anyone signed in (guests included), or a role and those above it. */
export type Access = 'public' | 'user' | 'staff' | 'admin';
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
export type Namespace = '/' | '/public';

type Schema = z.ZodType;

export interface RouteDefinition<
  Params extends Schema = Schema,
  Query extends Schema = Schema,
  Body extends Schema = Schema,
  Result extends Schema = Schema,
> {
  method: Method;
  /** OpenAPI form: `/v1/users/{id}`. */
  path: string;
  summary: string;
  access: Access;
  /** A public route that a stale token must not keep anyone from: signing in, refreshing, probes. */
  ignoresBearer?: boolean;
  params?: Params;
  query?: Query;
  body?: Body;
  /** The success answers: status → schema, or null for no content. */
  responses: { [status: number]: Result | null };
  /** Codes beyond those that every route can give. */
  errors?: readonly ErrorCode[];
  /** Takes `Idempotency-Key` (every POST outside `/v1/auth/*` and `/webhooks/*`). */
  idempotent?: boolean;
}

export const defineRoute = <
  P extends Schema = z.ZodUndefined,
  Q extends Schema = z.ZodUndefined,
  B extends Schema = z.ZodUndefined,
  R extends Schema = z.ZodUndefined,
>(
  route: RouteDefinition<P, Q, B, R>,
): RouteDefinition<P, Q, B, R> => route;

/** A client → server event. Every one is acknowledged with `{ ok, data | error }`. */
export interface CommandDefinition<
  Event extends string = string,
  Payload extends Schema = Schema,
  Data extends Schema = Schema,
> {
  event: Event;
  namespace: Namespace;
  summary: string;
  payload: Payload;
  data: Data;
  errors?: readonly ErrorCode[];
}

export const defineCommand = <const E extends string, P extends Schema, D extends Schema>(
  command: CommandDefinition<E, P, D>,
): CommandDefinition<E, P, D> => command;

/** A server → client push: a hint that carries a version or seq; the state is read by request. */
export interface PushDefinition<Event extends string = string, Payload extends Schema = Schema> {
  event: Event;
  namespace: Namespace;
  summary: string;
  payload: Payload;
}

export const definePush = <const E extends string, P extends Schema>(
  push: PushDefinition<E, P>,
): PushDefinition<E, P> => push;
