import type { Calls, RouteNames } from '../define.ts';

/** Routes that need no account, as `createPublicClient` takes them. */
export interface PublicRoutes<Calls> {
  /** Name in the contract → `METHOD /path`. */
  routes: Readonly<Record<string, string>>;
  /** Name → the header for the `claim` of a call. */
  claims?: Readonly<Record<string, string>>;
  /** Only a type: `http` gets these calls. */
  calls?: Calls;
}

/** The public routes of one contract module. */
export type PublicRoutesOf<Contract, Name extends RouteNames<Contract>> = PublicRoutes<
  Pick<Calls<Contract>, Name>
> & { routes: Record<Name, string> };

/** Joins the public routes of two domains. */
export const joinRoutes = <One, Other>(
  one: PublicRoutes<One>,
  other: PublicRoutes<Other>,
): PublicRoutes<One & Other> => ({
  routes: { ...one.routes, ...other.routes },
  claims: { ...one.claims, ...other.claims },
});
