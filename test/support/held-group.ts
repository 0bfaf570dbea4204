import { createGroupCommit, type GroupCommit, type Outcome } from '../../db/write/group-commit.ts';
import { waitFor } from './wait-for.ts';

interface Batch {
  items: string[];
  answer: (outcomes: Outcome<string>[]) => void;
  fail: (error: unknown) => void;
}

/** A group whose batches are answered by the test, in any order. */
export function heldGroup(
  options: Partial<Parameters<typeof createGroupCommit<string, string>>[0]> = {},
) {
  const batches: Batch[] = [];
  const group = createGroupCommit<string, string>({
    name: 'test',
    maxItems: 10,
    maxWaiting: 100,
    concurrency: 1,
    flush: (items) =>
      new Promise((answer, fail) => {
        batches.push({ items, answer, fail });
      }),
    ...options,
  });
  const batch = (at: number) => waitFor(() => batches[at], { what: `batch ${at}` });
  const done = async (at: number) => {
    const one = await batch(at);
    one.answer(one.items.map((item) => ({ ok: item.toUpperCase() })));
  };
  return { group, batches, batch, done };
}
/** The outcome of an item. Caught at once, because it may come before the test awaits it. */
export const told = (group: GroupCommit<string, string>, item: string) =>
  group.submit(item).catch((error: Error) => `! ${error.message}`);
export const letters = (text: string) => text.split('');
export const away = () => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
