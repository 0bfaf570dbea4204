/**
 * Redis keys of presence. They share one hash tag, because the scripts read several of them together.
 *
 * - `{fleet}:epoch`         `id:startedAtMs`; every process renews it, and it is gone when none could
 * - `{fleet}:instances`     zset instance id → lease expiry (ms)
 * - `{fleet}:of:<id>`       set of user ids connected to that instance
 * - `{fleet}:where`         hash user id → ids of the instances that list the user, separated by spaces
 * - `{fleet}:absent:<set>`  zset user id → since when no live instance lists the user (ms), one per absence set
 */
export const FLEET = '{fleet}';
export const EPOCH_KEY = `${FLEET}:epoch`;
export const INSTANCES_KEY = `${FLEET}:instances`;
export const WHERE_KEY = `${FLEET}:where`;
export const PEOPLE_PREFIX = `${FLEET}:of:`;
export const peopleKey = (instanceId: string) => `${PEOPLE_PREFIX}${instanceId}`;
export const absentKey = (setName: string) => `${FLEET}:absent:${setName}`;
