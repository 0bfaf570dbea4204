import { LRUCache } from 'lru-cache';

interface Bucket {
  tokens: number;
  at: number;
}

interface Options {
  perSecond: number;
  burst: number;
  /** Milliseconds of a clock that does not jump. */
  now: () => number;
  /** Names that are remembered. The least recently used is forgotten first, which can only allow more. */
  size?: number;
}

/** A token bucket for each name. Each take first refills it for the time that passed, up to the burst. A weight is at most the burst. */
export function createTokenBuckets({ perSecond, burst, now, size = 20_000 }: Options) {
  const buckets = new LRUCache<string, Bucket>({ max: size });
  return function take(name: string, weight = 1): boolean {
    const at = now();
    const last = buckets.get(name) ?? { tokens: burst, at };
    const tokens = Math.min(burst, last.tokens + ((at - last.at) / 1000) * perSecond);
    const taken = tokens >= weight;
    buckets.set(name, { tokens: taken ? tokens - weight : tokens, at });
    return taken;
  };
}
