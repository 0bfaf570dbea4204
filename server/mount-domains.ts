import type { ServerDomain } from './define-domain.ts';
import type { ServerDeps } from './deps.ts';
import { domains } from './domains.ts';
import type { OnConnect } from './gateway/main-namespace.ts';
import type { MountedCommand, MountedSubscription } from './gateway/mount.ts';
import type { MountedRoute } from './routes/route.ts';

/** The parts of all domains of one server process. */
export interface MountedDomains {
  /** Every route of the catalogue with its handler; a test compares the two lists. */
  routes: MountedRoute[];
  commands: MountedCommand[];
  subscriptions: MountedSubscription[];
  sendCurrentState: OnConnect;
  onGone(): void;
  onPoll(lostJobs: ReadonlySet<string>): Promise<void>;
  drain(): Promise<void>;
}

/** Creates every domain and collects its parts. */
export function mountDomains(deps: ServerDeps): MountedDomains {
  const mounted: [name: string, domain: ServerDomain][] = Object.entries(domains).map(
    ([name, create]) => [name, create(deps)],
  );
  const all = mounted.map(([, domain]) => domain);
  return {
    routes: all.flatMap(({ routes }) => routes),
    commands: all.flatMap(({ commands = [] }) => commands),
    subscriptions: all.flatMap(({ subscriptions = [] }) => subscriptions),
    sendCurrentState: async (socket, caller) => {
      const parts = await Promise.all(all.map((domain) => domain.currentState?.(caller)));
      socket.emit('state:current', Object.assign({}, ...parts));
    },
    onGone: () => {
      for (const domain of all) domain.onGone?.();
    },
    onPoll: async (lostJobs) => {
      await Promise.all(
        mounted.map(([name, domain]) => domain.onPoll?.({ lostJobs: lostJobs.has(name) })),
      );
    },
    drain: async () => {
      await Promise.all(all.map((domain) => domain.drain?.()));
    },
  };
}
