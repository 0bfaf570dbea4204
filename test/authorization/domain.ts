import type { Fleet } from '../support/fleet.ts';
import type { Account, Actor } from './world.ts';

/** One call: path parameters and body. */
export interface Call {
  path: string;
  body?: Record<string, unknown>;
}
export interface RouteRow {
  /** The call for the caller's own resource, or for a resource without an owner. */
  own: (me: Account) => Call | Promise<Call>;
  /** The status of each actor. */
  expect: Partial<Record<Actor, number>> & { allowed: number };
  /** Status for someone else's resource, for every role that may call the route but those in `except`. */
  foreign?: {
    call: (owner: Account) => Call | Promise<Call>;
    status: number;
    except?: Partial<Record<Actor, number>>;
  };
}
export interface EventRow {
  /** The payload for the caller's own resource, or for a resource without an owner. */
  own: (me: Account) => unknown | Promise<unknown>;
  /** `ok` or the error code. */
  expect: Outcome;
  foreign?: { payload: (owner: Account) => Promise<unknown>; expect: Outcome };
  /** Where it is sent; `/` by default. */
  namespace?: '/public';
}
/** The same for every role, or for all but some. */
export type Outcome = string | (Partial<Record<Actor, string>> & { allowed: string });

/** What a domain adds to the two matrices: the `authorization` of `domains/<name>.ts`, found by folder. */
export interface AuthorizationDomain {
  /** A row for every route, by method and path. Called while the fleet has not started. */
  routes(fleet: Fleet): Record<string, RouteRow>;
  /** A row for every event. */
  events?(fleet: Fleet): Record<string, EventRow>;
  /** Paths that need a case for someone else's resource. */
  owned?: RegExp;
}

export const everyone = (status: number) => ({ allowed: status, anonymous: status });
export const members = (status: number) => ({ allowed: status, anonymous: 401 });
export const wardens = (status: number) => ({ ...members(status), guest: 403, user: 403 });
export const admins = (status: number) => ({ ...wardens(status), staff: 403 });
/** The same call for all. */
export const plain = (path: string, body?: Record<string, unknown>) => () =>
  body ? { path, body } : { path };
