import type { Domain } from '../domain.ts';
import * as matchmaking from './matchmaking.ts';

/** A later domain plugs in here. */
export const domains: readonly Domain[] = [matchmaking as unknown as Domain];
