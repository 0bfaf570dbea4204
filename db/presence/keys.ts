/**
 * Keys of the fleet's own bookkeeping; one hash tag, because its scripts look at several together.
 *
 * - `{fleet}:epoch`        `id:startedAtMs`, renewed by everyone, gone when nobody could renew it
 * - `{fleet}:instances`    zset instance id → lease expiry (ms)
 * - `{fleet}:of:<id>`      set of user ids connected to that instance
 * - `{fleet}:absent`       zset user id → since when no live instance was seen to list them (ms)
 */
export const FLEET = '{fleet}';
export const EPOCH_KEY = `${FLEET}:epoch`;
export const INSTANCES_KEY = `${FLEET}:instances`;
export const ABSENT_KEY = `${FLEET}:absent`;
