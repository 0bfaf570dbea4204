/** A random number, 0 ≤ x < 1. */
export type Random = () => number;

export const between = (min: number, max: number, random: Random): number =>
  min + random() * (max - min);

/** An exponentially distributed duration, at most ten times the mean. */
export const exponential = (mean: number, random: Random): number =>
  Math.min(mean * 10, -Math.log(1 - random()) * mean);

/** Picks a key by weight, never one of `except`. */
export function weighted(
  weights: Record<string, number>,
  random: Random,
  except: readonly string[] = [],
): string {
  const entries = Object.entries(weights).filter(([key]) => !except.includes(key));
  let left = random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [key, weight] of entries) {
    left -= weight;
    if (left < 0) return key;
  }
  return entries.at(-1)?.[0] ?? '';
}
