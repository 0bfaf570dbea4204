import {
  disableOverLimit,
  endOrphanedDeliveries,
  resealSecrets,
} from '../../db/integrations/limits.ts';
import type { webhookLimits as job } from '../../jobs/integrations.ts';
import type { Processor } from '../deps.ts';

/** Disables subscriptions that exceed a limit, ends their pending deliveries, and seals secrets with the newest key. */
export const webhookLimits: Processor<typeof job> = async (_, { db, sealer, report }) => {
  const disabled = await disableOverLimit(db);
  const ended = await endOrphanedDeliveries(db);
  const sealed = await resealSecrets(db, sealer);
  report(
    `${disabled} subscriptions disabled, ${ended} deliveries ended, ${sealed} secrets sealed again`,
    disabled + ended + sealed,
  );
};
