import * as contract from '../../contract/operations.ts';
import { createReadiness } from '../../db/readiness.ts';
import { release } from '../../release.ts';
import type { ProcessState, ServerDeps } from '../deps.ts';
import type { MountedRoute } from '../routes/route.ts';
import { mount } from '../routes/route.ts';

/** Routes of probes and of the version. */
export function operationsRoutes(
  { db, redis }: Pick<ServerDeps, 'db' | 'redis'>,
  state: ProcessState,
): MountedRoute[] {
  const check = createReadiness(db, redis);
  return [
    mount(contract.live, async () => ({ status: 200, body: { status: 'ok' } })),
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

type Probed = { status: 200 | 503; body: contract.Health };
const health = (ok: boolean, checks?: contract.Health['checks']): Probed => ({
  status: ok ? 200 : 503,
  body: { status: ok ? 'ok' : 'unavailable', ...(checks ? { checks } : {}) },
});
