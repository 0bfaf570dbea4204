import { describeMachine } from './measure/machine.ts';
import { startStores } from './measure/stores.ts';
import type { Bench, Measured, Part } from './run.ts';

/** A bench of several parts, each on its own stores. `--only` selects parts. */
export const benchOf =
  (parts: Record<string, Part>): Bench =>
  async (options) => {
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
