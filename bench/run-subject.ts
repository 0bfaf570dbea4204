import { describeMachine } from './measure/machine.ts';
import { startStores } from './measure/stores.ts';
import type { Measured, Parts, Result, RunOptions } from './subject.ts';

/** Run the parts of a subject, one after another. */
export async function runSubject(parts: Parts, options: RunOptions): Promise<Result> {
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
    measurements: measured.flatMap(({ measurements }) => measurements),
    notes: measured.flatMap(({ notes }) => notes),
  };
}
