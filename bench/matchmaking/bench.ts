import type { Parts } from '../subject.ts';
import { cost } from './cost.ts';
import { engine } from './engine.ts';
import { idle } from './idle.ts';
import { live } from './live.ts';

/** The four performance rules of matchmaking. */
export const parts: Parts = { engine, live, cost, idle };
