import type { Caller, ServerDeps } from './deps.ts';
import type { MountedCommand, MountedSubscription } from './gateway/mount.ts';
import type { MountedRoute } from './routes/route.ts';

/** The parts of a domain in one server process. Everything but its routes is optional. */
export interface ServerDomain {
  routes: readonly MountedRoute[];
  commands?: readonly MountedCommand[];
  /** What sockets can watch. */
  subscriptions?: readonly MountedSubscription[];
  /** Its part of `state:current`, read after each connect: the fields that its contract declares. */
  currentState?: (caller: Caller) => Promise<Record<string, unknown>>;
  /** The last socket of some people closed on this instance. */
  onGone?: () => void;
  /** Every few seconds while Redis answers. `lostJobs`: a best-effort enqueue of this domain failed since. */
  onPoll?: (seen: { lostJobs: boolean }) => Promise<void>;
  /** Resolves when nothing is being written and everything committed has been announced. */
  drain?: () => Promise<void>;
}

export type CreateServerDomain = (deps: ServerDeps) => ServerDomain;
