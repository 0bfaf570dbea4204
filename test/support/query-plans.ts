import { tables } from '../../db/domains.ts';
import { type Db, openDb } from '../../db/knex.ts';

/** A node of a plan as auto_explain prints it; only what the checks read. */
interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Parent Relationship'?: string;
  Plans?: PlanNode[];
}
export interface QueryPlan {
  query: string;
  root: PlanNode;
}

export interface PlanRecorder {
  /** The pool to run the hot path on: connections as servers and workers open them. */
  db: Db;
  /** What ran since the last call. */
  take(): QueryPlan[];
}

/** Tables whose rows come with use: a statement of a hot path must not read all of one. */
const GROWING = new Set(tables.flatMap((table) => (table.keep === 'always' ? [] : [table.table])));

/**
 * Record the plan of every statement that runs on a pool of its own. PostgreSQL sends the plans as
 * notices (`auto_explain`), so that prepared statements show the plan that they really use.
 * Needs a superuser, which the embedded server's user is. Destroy `db` after the test.
 */
export async function recordPlans(databaseUrl: string): Promise<PlanRecorder> {
  const name = new URL(databaseUrl).pathname.slice(1);
  const setUp = openDb({ DATABASE_URL: databaseUrl, DB_POOL_MIN: 0, DB_POOL_MAX: 1 });
  for (const [setting, value] of [
    ['session_preload_libraries', 'auto_explain'],
    ['auto_explain.log_min_duration', '0'],
    ['auto_explain.log_format', 'json'],
    ['auto_explain.log_level', 'notice'],
    ['auto_explain.log_nested_statements', 'on'],
  ])
    await setUp.raw(`alter database ${name} set ${setting} = '${value}'`);
  await setUp.destroy();

  const db = openDb(
    { DATABASE_URL: databaseUrl, DB_POOL_MIN: 0, DB_POOL_MAX: 4 },
    { acquireMs: 15_000, byKey: true },
  );
  let seen: QueryPlan[] = [];
  db.client.pool.on('createSuccess', (_id: number, connection: NodeJS.EventEmitter) => {
    connection.on('notice', ({ message = '' }: { message?: string }) => {
      const json = /plan:\s*(\{[\s\S]*\})\s*$/.exec(message)?.[1];
      if (!json) return;
      const { 'Query Text': query, Plan: root } = JSON.parse(json);
      seen.push({ query, root });
    });
  });
  return {
    db,
    take: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
  };
}

/**
 * One line for each growing table that a statement reads as a whole: by a sequential scan, or for a
 * subplan that looks nothing up (a hashed one reads the table once for each execution).
 */
export function planFaults(plans: readonly QueryPlan[]): string[] {
  return plans.flatMap(({ query, root }) => {
    const statement = query.replace(/\s+/g, ' ').slice(0, 120);
    return nodesOf(root).flatMap(({ node, inSubPlan }) => {
      const table = node['Relation Name'];
      if (!table || !GROWING.has(table)) return [];
      if (node['Node Type'] === 'Seq Scan') return [`sequential scan of ${table}: ${statement}`];
      return inSubPlan && !isKeyed(node) ? [`${table} read for a subplan: ${statement}`] : [];
    });
  });
}

/** A scan without a condition on its index reads the table as a whole, in another order. */
const isKeyed = (node: PlanNode): boolean =>
  'Index Cond' in node || (node.Plans ?? []).some(isKeyed);

interface PlacedNode {
  node: PlanNode;
  inSubPlan: boolean;
}

function nodesOf(node: PlanNode, inSubPlan = false): PlacedNode[] {
  const isInside = inSubPlan || node['Parent Relationship'] === 'SubPlan';
  return [
    { node, inSubPlan: isInside },
    ...(node.Plans ?? []).flatMap((child) => nodesOf(child, isInside)),
  ];
}
