import type { Part } from '../subject.ts';
export const board: Part = async () => ({ measurements: [], notes: [] });
