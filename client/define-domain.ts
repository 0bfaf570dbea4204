import type { Profile } from '../contract/accounts.ts';
import type {
  CommandData,
  CommandName,
  CommandPayload,
  PushName,
  PushPayload,
} from '../contract/catalogue.ts';
import type { Calls, CurrentState, RouteNames, RouteResult, RouteTable } from './define.ts';

/** What a domain can use of the client. The results of these calls are not passed to `absorbs`. */
export interface ClientCore {
  /** The calls of a contract module, with key, bearer, renewal and repeats. */
  calls<Contract>(routes: RouteTable<Contract>): Calls<Contract>;
  /** @throws {ClientError} the server's code · `operation.pending` · `network.unreachable` · `client.closed` */
  emit<E extends CommandName>(event: E, payload: CommandPayload<E>): Promise<CommandData<E>>;
  /** Pushes as they come. Returns a function that removes the listener. */
  on<E extends PushName>(event: E, listener: (payload: PushPayload<E>) => void): () => void;
  /** Who is signed in. */
  role(): Profile['role'] | null;
  /** 0 ≤ x < 1. */
  random: () => number;
}

/**
 * The functions that take the results of routes and commands into the state of the domain, by name. A result
 * is treated like a push.
 */
export type Absorbs<Contract> = {
  [Name in RouteNames<Contract>]?: (result: RouteResult<Contract, Name>) => void;
} & { [E in CommandName]?: (data: CommandData<E>) => void };

/** One domain inside one client. The client calls these; applications use `api`. */
export interface AttachedDomain<Api extends object, Contract> {
  /** `client.<name>` */
  api: Api;
  absorbs: Absorbs<Contract>;
  /** The socket is connected; `state:current` follows. */
  connected(): void;
  disconnected(): void;
  /** `state:current` arrived. A domain sees only its part. */
  snapshot(now: CurrentState<Contract>): void;
  /** Pushes may have been lost: read everything again. */
  resync(): void;
  /** Another person signed in, or nobody is signed in: forget everything. */
  reset(): void;
  /** Stops all timers. */
  close(): void;
}

/** A domain that has only HTTP calls has no `attach`. */
export interface ClientDomain<Name extends string, Contract> {
  name: Name;
  routes: RouteTable<Contract>;
  /**
   * Routes that ignore the bearer. They are called without one, so that an expired one is not renewed for
   * them.
   */
  anonymous: readonly RouteNames<Contract>[];
  /** Routes that are tried once. */
  neverRepeated: readonly RouteNames<Contract>[];
  /** The header for the `claim` of a call, of routes that take one. */
  claims?: Partial<Record<RouteNames<Contract>, string>>;
  /** Only a type: `http` gets these calls. */
  calls?: Calls<Contract>;
}

/** `Options` is what `createClient` takes under the name of the domain. */
export interface StatefulDomain<Name extends string, Contract, Api extends object, Options>
  extends ClientDomain<Name, Contract> {
  attach(core: ClientCore, options: Options | undefined): AttachedDomain<Api, Contract>;
}
