import type { Knex } from 'knex';

export interface AuditEntry {
  /** null: the command line of the server itself. */
  actorId: string | null;
  /** `<thing>.<verb>`, permanent like an error code. */
  action: 'role.change' | 'user.create';
  target: string;
  data: Record<string, unknown>;
}

/** In the transaction of what it tells of, so that neither stands without the other. */
export async function record(trx: Knex, { actorId, action, target, data }: AuditEntry) {
  await trx.raw('insert into audit_log (actor_id, action, target, data) values (?, ?, ?, ?)', [
    actorId,
    action,
    target,
    JSON.stringify(data),
  ]);
}
