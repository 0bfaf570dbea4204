import type { Change } from '../audit.ts';

export interface Applied {
  table: string;
  op: Change['op'];
  before: Record<string, unknown> | undefined;
  after: Record<string, unknown> | undefined;
}

export interface Transaction {
  tx: string;
  /** The commit time. */
  at: number;
  applied: Applied[];
}

/**
 * Applies the transactions one by one to the domain's model of its tables and checks each. They are
 * taken in the order of their last change: two that locked a common row cannot interleave, and the
 * order of others does not matter.
 */
export function replayOn<Tables>(
  tables: Tables,
  apply: (tables: Tables, change: Change) => Applied,
  changes: readonly Change[],
  look: (transaction: Transaction, tables: Tables) => void,
): Tables {
  for (const group of transactions(changes)) {
    const [first] = group;
    if (!first) continue;
    const applied = group.map((change) => apply(tables, change));
    look({ tx: first.tx, at: first.at, applied }, tables);
  }
  return tables;
}

function transactions(changes: readonly Change[]): Change[][] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const group = groups.get(change.tx);
    if (group) group.push(change);
    else groups.set(change.tx, [change]);
  }
  const last = (group: Change[]) => group.at(-1)?.seq ?? 0;
  return [...groups.values()].sort((a, b) => last(a) - last(b));
}

/** Changes of one table, typed. */
export const changesOf = <Row>({ applied }: Transaction, table: string) =>
  applied.filter((one) => one.table === table) as unknown as {
    op: Change['op'];
    before: Row | undefined;
    after: Row | undefined;
  }[];
