export interface Spread {
  count: number;
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

/** Percentiles of samples in any unit and order; zeros without samples. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = Float64Array.from(samples).sort();
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return {
    count: sorted.length,
    p50: at(0.5) ?? 0,
    p90: at(0.9) ?? 0,
    p99: at(0.99) ?? 0,
    max: sorted.at(-1) ?? 0,
  };
}
