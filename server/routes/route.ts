import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { RouteDefinition } from '../../contract/define.ts';
import type { Db } from '../../db/knex.ts';
import type { CommandAnswer } from '../../db/write/command.ts';
import type { KeyedRequest } from '../../db/write/idempotency-answers.ts';
import type { Log } from '../../log.ts';
import type { Caller } from '../deps.ts';

type Out<S> = S extends z.ZodType ? z.output<S> : undefined;

/** The input of a handler: parsed, from an authorised caller. */
export interface RouteContext<P = undefined, Q = undefined, B = undefined> {
  params: P;
  query: Q;
  body: B;
  /** For a public route, the caller that the bearer token names, or undefined. */
  caller: Caller;
  /** The address of the client, as the trusted proxies report it. */
  address: string;
  db: Db;
  requestId: string;
  /** The Idempotency-Key of an idempotent route, for the command that it submits. */
  key: KeyedRequest | undefined;
  log: Log;
  req: Request;
  res: Response;
}

export interface Answer<Body = unknown> {
  status: number;
  body?: Body;
}

export type Handler<Route> =
  Route extends RouteDefinition<infer P, infer Q, infer B, infer R>
    ? (context: RouteContext<Out<P>, Out<Q>, Out<B>>) => Promise<Answer<z.input<R>> | CommandAnswer>
    : never;

/** A route and its handler; `app.ts` mounts a list of them. */
export interface MountedRoute {
  route: RouteDefinition;
  handle: (context: RouteContext<never, never, never>) => Promise<Answer | CommandAnswer>;
}

/** Joins a route of the contract with its handler. */
export const mount = <
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  R extends z.ZodType,
>(
  route: RouteDefinition<P, Q, B, R>,
  handle: Handler<RouteDefinition<P, Q, B, R>>,
): MountedRoute => ({ route, handle: handle as MountedRoute['handle'] });
