import type { Part } from '../subject.ts';
export const http: Part = async () => ({ measurements: [], notes: [] });
