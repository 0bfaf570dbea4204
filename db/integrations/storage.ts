import { bounds } from '../../config.ts';
import type { StorageDomain } from '../define.ts';

const { webhookDays } = bounds.retention;

/** How long the rows of integrations stay. It has no Redis keys. */
export const storage: StorageDomain = {
  tables: [
    {
      table: 'webhook_subscriptions',
      keep: 'rows',
      expired: `webhook_subscriptions.state = 'deleted'
        and webhook_subscriptions.updated_at < now() - interval '${webhookDays + 1} days'`,
      orderBy: 'updated_at',
      key: 'id',
      why: 'a deleted subscription outlives its deliveries',
    },
    { table: 'webhook_wanted', keep: 'always', why: 'one row' },
    {
      table: 'webhook_events',
      keep: 'partitions',
      column: 'created_at',
      hours: webhookDays * 24,
      why: 'an event outlives the last retry of its deliveries',
    },
    {
      table: 'webhook_deliveries',
      keep: 'partitions',
      column: 'created_at',
      hours: webhookDays * 24,
      why: 'a delivery is dropped with its event',
    },
  ],
  redisKeys: [],
};
