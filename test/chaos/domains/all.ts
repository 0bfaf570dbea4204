import type { Domain } from '../domain.ts';
import * as matchmaking from './matchmaking.ts';

/** Add new domains here. */
export const domains: readonly Domain[] = [matchmaking as unknown as Domain];
