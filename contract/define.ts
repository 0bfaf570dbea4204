import type { z } from 'zod';
import type { ErrorCode } from '../errors.ts';

/** Who may call: anyone (`public`), any signed-in user including guests (`user`), or a role and the roles above it. */
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
  /** A public route that also works with an expired token: sign-in, refresh, health checks. */
  ignoresBearer?: boolean;
  params?: Params;
  query?: Query;
  body?: Body;
  /** The success responses: status → schema, or null for no content. */
  responses: { [status: number]: Result | null };
  /** Error codes of this route, in addition to those that every route can return. */
  errors?: readonly ErrorCode[];
  /** Accepts `Idempotency-Key`, like every POST outside `/v1/auth/*` and `/webhooks/*`. */
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

/** A client → server event. The server acknowledges each one with `{ ok, data | error }`. */
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

/** A server → client push. It is best-effort and carries a version or seq, so a client can detect a gap and read the state again. */
export interface PushDefinition<Event extends string = string, Payload extends Schema = Schema> {
  event: Event;
  namespace: Namespace;
  summary: string;
  payload: Payload;
}

export const definePush = <const E extends string, P extends Schema>(
  push: PushDefinition<E, P>,
): PushDefinition<E, P> => push;
