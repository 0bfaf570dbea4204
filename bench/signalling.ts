import { describeMachine } from './machine.ts';
import type { Bench, Measured, Part } from './run.ts';
import { relayOver } from './signalling/relay.ts';
import { startStores } from './stores.ts';

const parts: Record<string, Part> = {
  one: relayOver('one server', 1),
  two: relayOver('two servers', 2),
};

/** How fast a signal comes to the partner, beside a socket.io that only passes it on. */
export const signalling: Bench = async (options) => {
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
