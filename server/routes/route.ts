import type { Readable } from 'node:stream';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type {
  AnswerKinds,
  RawBody,
  RedirectAnswer,
  StreamAnswer,
  TableAnswer,
  TextAnswer,
} from '../../contract/answers.ts';
import type { RouteDefinition } from '../../contract/define.ts';
import type { Db } from '../../db/knex.ts';
import type { CommandAnswer } from '../../db/write/command.ts';
import type { KeyedRequest } from '../../db/write/idempotency-answers.ts';
import type { Log } from '../../log.ts';
import type { Caller } from '../deps.ts';
import type { Identify } from './access.ts';

type Out<S> = S extends RawBody ? Buffer : S extends z.ZodType ? z.output<S> : undefined;

interface Context<Who> {
  /** For a public route, the caller that the bearer token names, or undefined. */
  caller: Who;
  /** The address of the client, as the trusted proxies report it. */
  address: string;
  db: Db;
  requestId: string;
  log: Log;
  req: Request;
  res: Response;
}

/** The input of a handler: parsed, from an authorised caller. */
export interface RouteContext<P = undefined, Q = undefined, B = undefined, Who = Caller>
  extends Context<Who> {
  params: P;
  query: Q;
  /** For a raw body, the bytes as they were sent. */
  body: B;
  /** The Idempotency-Key of an idempotent route, for the command that it submits. */
  key: KeyedRequest | undefined;
}

/** The input of an owner gate: the body is not validated, and undefined when it could not be read. */
export interface OwnerContext<P = undefined, Who = Caller> extends Context<Who> {
  params: P;
  body: unknown;
}

/** The source of a stream answer. It is read at the speed of the client and closed when the client leaves. */
export interface StreamBody {
  stream: Readable | AsyncIterable<Uint8Array>;
  contentType: string;
  /** Makes it a download. */
  fileName?: string;
  /** The length, if it is known. */
  bytes?: number;
}

/** Any answer of a handler, as the shell sees it. */
export interface Answer<Body = unknown> extends Partial<StreamBody> {
  status: number;
  body?: Body;
  /** For a route with `etag`: the version of the answer. By default it is the hash of the body. */
  etag?: string;
  /** A path of this server or an http URL. */
  location?: string;
}

type AnswerAt<Status, Kind> = Kind extends null
  ? { status: Status; body?: undefined }
  : Kind extends z.ZodType
    ? { status: Status; body: z.input<Kind>; etag?: string }
    : Kind extends TableAnswer<infer Json>
      ? { status: Status; body: z.input<Json>; etag?: string }
      : Kind extends TextAnswer
        ? { status: Status; body: string; etag?: string }
        : Kind extends RedirectAnswer
          ? { status: Status; location: string }
          : Kind extends StreamAnswer
            ? { status: Status } & StreamBody
            : never;

/** One of the success responses of a route, with what its status requires. */
export type AnswerOf<Kinds extends AnswerKinds> = {
  [Status in keyof Kinds]: AnswerAt<Status, Kinds[Status]>;
}[keyof Kinds];

// A conditional type: TypeScript puts what it knows of the route into the context of the handler, so
// that `status: 200` stays a literal.
type Handle<P, Q, B, Who, A> = A extends AnswerKinds | 'command'
  ? (
      context: RouteContext<Out<P>, Out<Q>, Out<B>, Who>,
    ) => Promise<A extends AnswerKinds ? AnswerOf<A> : CommandAnswer>
  : never;

interface GatedHandler<P, Handle, Who> {
  /** For a route with a `claim`. */
  identify?: Identify<Who>;
  /**
   * Called only when the query or the body is invalid, so that a stranger gets "not found" or "forbidden"
   * and not the validation errors. The handler decides about a valid request.
   * @throws {FoyerError} <thing>.not_found · auth.forbidden
   */
  owner?: (context: OwnerContext<Out<P>, Who>) => Promise<unknown>;
  handle: Handle;
}

/** A route and its handler; `app.ts` mounts a list of them. */
export interface MountedRoute {
  route: RouteDefinition;
  identify?: Identify<unknown>;
  owner?: (context: OwnerContext<never, never>) => Promise<unknown>;
  handle: (context: RouteContext<never, never, never, never>) => Promise<Answer | CommandAnswer>;
}

type AnyHandler<P, Q, B, Who, A> =
  | Handle<P, Q, B, Who, A>
  | GatedHandler<P, Handle<P, Q, B, Who, A>, Who>;

/**
 * Joins a route of the contract with its handler. The handler returns an answer, or the answer of a command
 * (`runCommand`).
 * @throws {Error} when a route names a claim and has no access function, or the other way round
 */
export function mount<
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType | RawBody,
  A extends AnswerKinds,
  Who = Caller,
>(route: RouteDefinition<P, Q, B, A>, handler: AnyHandler<P, Q, B, Who, A>): MountedRoute;
// Two signatures: in one union, the `number` of a command's status would swallow the literal ones.
export function mount<
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType | RawBody,
  A extends AnswerKinds,
  Who = Caller,
>(route: RouteDefinition<P, Q, B, A>, handler: AnyHandler<P, Q, B, Who, 'command'>): MountedRoute;
export function mount(route: RouteDefinition, handler: unknown): MountedRoute {
  const parts = (typeof handler === 'function' ? { handle: handler } : handler) as Omit<
    MountedRoute,
    'route'
  >;
  if ((route.claim === undefined) !== (parts.identify === undefined))
    throw new Error(`${route.path}: a claim and an access function belong together`);
  return { ...parts, route };
}
