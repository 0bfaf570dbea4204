import type { z } from 'zod';
import type { RouteDefinition } from '../contract/define.ts';

/**
 * How routes of the contract become calls. A client must stay light, so the schemas are used as
 * types alone; what remains at run time is `METHOD /path`, and a test holds it against the contract.
 */
export type RouteNames<Module> = {
  [Name in keyof Module]: Module[Name] extends RouteDefinition ? Name : never;
}[keyof Module];

/** One line for every route of a contract module: a new route without its line does not compile. */
export type RouteTable<Module> = {
  [Name in RouteNames<Module>]: `${Uppercase<string>} /${string}`;
};

type In<Schema> = Schema extends z.ZodUndefined
  ? unknown
  : Schema extends z.ZodType
    ? z.input<Schema>
    : unknown;

/** Parameters, query and body in one flat object: their names never meet. */
export type CallInput<Route> =
  Route extends RouteDefinition<infer Params, infer Query, infer Body, infer _Result>
    ? In<Params> & In<Query> & In<Body>
    : never;

export type CallResult<Route> =
  Route extends RouteDefinition<infer _Params, infer _Query, infer _Body, infer Result>
    ? z.output<Result>
    : never;

export interface CallOptions {
  /** Made by the client when absent. Give one to repeat a call whose outcome stayed unknown. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

type CallArguments<Input> = unknown extends Input
  ? [input?: Record<string, never>, options?: CallOptions]
  : Partial<Input> extends Input
    ? [input?: Input, options?: CallOptions]
    : [input: Input, options?: CallOptions];

/** What the route of this name answers. */
export type RouteResult<Module, Name extends RouteNames<Module>> = CallResult<Module[Name]>;

/** The calls of one contract module, by the names that its routes have there. */
export type Calls<Module> = {
  [Name in RouteNames<Module>]: (
    ...args: CallArguments<CallInput<Module[Name]>>
  ) => Promise<CallResult<Module[Name]>>;
};
