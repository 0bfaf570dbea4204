import type { Parts } from '../subject.ts';
import { cost } from './cost.ts';
import { engine } from './engine.ts';
import { idle } from './idle.ts';
import { keyed } from './keyed.ts';
import { live } from './live.ts';

/** The performance rules of matchmaking. */
export const parts: Parts = { engine, live, keyed, cost, idle };
