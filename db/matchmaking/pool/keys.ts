/**
 * Redis keys of the waiting index. Everything of a pool shares the hash tag `{mm:<pool>}`: a pool is
 * a shard. Scripts are given the tag and derive their keys from it:
 *
 * - `…:waiting`  zset   request id → joined (µs): all that is indexed, claimed entries included
 * - `…:sum`      number fingerprint of `…:waiting` and the versions in it
 * - `…:r:<id>`   hash   user, version, joined, buckets, level, topics, avoid and recent (flags), claim (while claimed)
 * - `…:a:<id>`   set    user ids that this request must never meet
 * - `…:p:<id>`   set    user ids of the last 24 hours' partners
 * - `…:b:<n>><p>` zset  request id → joined: the bucket of those who speak n and practise p
 * - `…:mirrors`  set    buckets `n>p` (n < p) that are not empty and whose mirror is not empty either
 * - `…:buckets`  set    buckets that are not empty
 * - `…:fresh`    list   request ids that the next pass serves; `…:relaxed` those after them
 * - `…:relax`    zset   request id → when its wishes relax next (µs)
 * - `…:waits:<bucket>` list  the last waits of that pair of languages; `*` has those of all pairs
 * - `…:holds`    zset   claim id (= session id) → end of its lease (ms)
 * - `…:h:<claim>` hash  the two requests of a claim and their versions
 * - `…:walk`     hash   how far the slow walk over a bucket has come
 * - `…:marker`   string present once the index was made equal to the table; passes wait for it
 * - `…:rebuild:<id>` string a rebuild that is under way
 */
export const poolTag = (pool: string) => `{mm:${pool}}`;
/** The marker of an index that equals its table. */
export const markerKey = (pool: string) => `${poolTag(pool)}:marker`;
/** Names of pools that may have entries or claims; outside any pool's slot. */
export const POOLS_KEY = 'mm:pools';
