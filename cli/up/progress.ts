const BEAT_MS = 10_000;

/** Show what happens, and how long it took: nobody should wonder whether a start hangs. */
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

/** Troubles while running go where logs go: stdout ends with the `ready` line. */
export function warn(line: string): void {
  console.error(`foyer: ${line}`);
}
