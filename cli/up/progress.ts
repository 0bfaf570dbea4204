const BEAT_MS = 10_000;

/** Prints a step and its duration, and repeats it while it runs, so that a slow start does not look stuck. */
export async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = Date.now();
  const seconds = () => `${((Date.now() - began) / 1000).toFixed(1)} s`;
  const beat = setInterval(() => say(`… ${what} (${seconds()})`), BEAT_MS);
  say(`… ${what}`);
  try {
    const result = await work();
    say(`✔ ${what} (${seconds()})`);
    return result;
  } finally {
    clearInterval(beat);
  }
}

export function say(line: string): void {
  console.log(line);
}

/** Warnings go to stderr, like logs. The last line of stdout is the `ready` line. */
export function warn(line: string): void {
  console.error(`foyer: ${line}`);
}
