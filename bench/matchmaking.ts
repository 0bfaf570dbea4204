import { describeMachine } from './machine.ts';
import { cost } from './matchmaking/cost.ts';
import { engine } from './matchmaking/engine.ts';
import { idle } from './matchmaking/idle.ts';
import { live } from './matchmaking/live.ts';
import type { Bench, Measured, Part } from './run.ts';
import { startStores } from './stores.ts';

const parts: Record<string, Part> = { engine, live, cost, idle };

/** The four performance rules of matchmaking, each part on stores of its own. */
export const matchmaking: Bench = async (options) => {
  const stores = await startStores();
  const machine = await describeMachine(stores.db, stores.redis);
  await stores.stop();
  const measured: Measured[] = [];
  for (const [name, part] of Object.entries(parts)) {
    if (options.only.length > 0 && !options.only.includes(name)) continue;
    console.error(`… ${name}`);
    measured.push(await part(options));
  }
  return {
    machine,
    figures: measured.flatMap(({ figures }) => figures),
    notes: measured.flatMap(({ notes }) => notes),
  };
};
