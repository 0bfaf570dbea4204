import type { Knex } from 'knex';

export interface AuditEntry {
  /** Null for actors without an account: the command line and the ADMIN_PASSWORD operator. */
  actorId: string | null;
  /** `<thing>.<verb>`, permanent like an error code. */
  action:
    | 'role.change'
    | 'user.create'
    | 'admin.login'
    | 'admin.login_failed'
    | 'admin.logout'
    | 'job.retry'
    | 'report.change'
    | 'webhook_delivery.resend'
    | `webhook_subscription.${'create' | 'change' | 'delete'}`
    | `queues.${string}`;
  target: string | null;
  data: Record<string, unknown>;
}

/** Run in the transaction of the audited change, so that both commit or neither does. */
export async function record(trx: Knex, { actorId, action, target, data }: AuditEntry) {
  await trx.raw('insert into audit_log (actor_id, action, target, data) values (?, ?, ?, ?)', [
    actorId,
    action,
    target,
    JSON.stringify(data),
  ]);
}

export interface AuditRow {
  id: string;
  at: Date;
  action: string;
  target: string | null;
  data: Record<string, unknown>;
  actorId: string | null;
  actor: string | null;
}

/** The latest entries before `beforeId`, newest first, with the username of the actor. */
export async function listAudit(db: Knex, limit: number, beforeId?: string): Promise<AuditRow[]> {
  const { rows } = (await db.raw(
    `select a.id::text as id, a.at, a.action, a.target, a.data, a.actor_id as "actorId",
            u.username::text as actor
       from audit_log a left join users u on u.id = a.actor_id
      where a.id < coalesce(?::bigint, 9223372036854775807)
      order by a.id desc limit ?`,
    [beforeId ?? null, limit] as never,
  )) as { rows: AuditRow[] };
  return rows;
}
