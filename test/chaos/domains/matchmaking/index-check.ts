import { poolTag } from '../../../../db/matchmaking/pool/keys.ts';
import { bucketsOf } from '../../../../db/matchmaking/pool/pairing.ts';
import type { World } from '../../world/world.ts';

const POOL = 'default';

/** The index contains exactly the waiting requests, with their version and in all their buckets. */
export async function indexDiffers({ db, redis }: World): Promise<string[]> {
  const tag = poolTag(POOL);
  const rows: { id: string; version: number; native: string[]; practice: string[] }[] = await db(
    'match_requests',
  )
    .where({ state: 'waiting', pool: POOL })
    .select('id', 'version', 'native', 'practice');
  const indexed = new Set(await redis.zrange(`${tag}:waiting`, '0', '-1'));
  const claims = await redis.zcard(`${tag}:holds`);
  const buckets = await redis.smembers(`${tag}:buckets`);
  const members = new Map<string, Set<string>>();
  for (const bucket of buckets)
    members.set(bucket, new Set(await redis.zrange(`${tag}:b:${bucket}`, '0', '-1')));
  const waiting = new Set(rows.map(({ id }) => id));

  const found: string[] = [];
  for (const { id, version, native, practice } of rows) {
    const entry = await redis.hgetall(`${tag}:r:${id}`);
    if (!indexed.has(id) || !entry['version']) found.push(`${id} waits and is not in the index`);
    else if (Number(entry['version']) !== version)
      found.push(`${id} waits in version ${version}, in the index it is ${entry['version']}`);
    else if (entry['claim']) found.push(`${id} waits and is still held by ${entry['claim']}`);
    else
      for (const bucket of bucketsOf({ native, practice }))
        if (!members.get(bucket)?.has(id)) found.push(`${id} waits and is not in bucket ${bucket}`);
  }
  for (const id of indexed)
    if (!waiting.has(id)) found.push(`${id} is in the index and does not wait`);
  for (const [bucket, ids] of members)
    for (const id of ids)
      if (!waiting.has(id)) found.push(`${id} is in ${bucket} and does not wait`);
  if (claims > 0) found.push(`${claims} claims remain although nothing happens`);
  return found;
}
