import * as contract from '../../contract/operations.ts';
import { createReadiness } from '../../db/readiness.ts';
import { release } from '../../release.ts';
import type { ServerDeps } from '../deps.ts';
import type { Answer, MountedRoute } from '../routes/route.ts';
import { mount } from '../routes/route.ts';

/** The lifecycle state of the process. `main.ts` writes it; health checks read it. */
export interface ProcessState {
  /** Startup has finished: the server listens, is subscribed, and is connected to its stores. */
  readonly started: boolean;
  /** Shutdown has started: load balancers stop sending requests while the open ones drain. */
  readonly stopping: boolean;
}

export function operationsRoutes(
  { db, redis }: Pick<ServerDeps, 'db' | 'redis'>,
  state: ProcessState,
): MountedRoute[] {
  const check = createReadiness(db, redis);
  return [
    mount(contract.live, async () => health(true)),
    mount(contract.ready, async () => {
      const checks = await check();
      const ok = !state.stopping && Object.values(checks).every((each) => each.ok);
      return health(ok, checks);
    }),
    mount(contract.startup, async () => health(state.started)),
    mount(contract.readVersion, async () => ({
      status: 200,
      body: { name: release.name, version: release.version, node: process.version },
    })),
  ];
}

const health = (ok: boolean, checks?: contract.Health['checks']): Answer<contract.Health> => ({
  status: ok ? 200 : 503,
  body: { status: ok ? 'ok' : 'unavailable', ...(checks ? { checks } : {}) },
});
