import type { Parts } from '../subject.ts';
import { board } from './board.ts';
import { engine } from './engine.ts';
import { http } from './http.ts';

/** The performance rules of tickets. */
export const parts: Parts = { engine, http, board };
