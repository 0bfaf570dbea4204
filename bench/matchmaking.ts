import { cost } from './matchmaking/cost.ts';
import { engine } from './matchmaking/engine.ts';
import { idle } from './matchmaking/idle.ts';
import { live } from './matchmaking/live.ts';
import { benchOf } from './parts.ts';

/** The benchmarks of matchmaking. */
export const matchmaking = benchOf({ engine, live, cost, idle });
