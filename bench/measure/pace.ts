export interface Pace {
  perSecond: number;
  warmUpSeconds: number;
  seconds: number;
}

/** Calls `act` at a constant rate, even if timers are late. Resolves after warm-up and duration. */
export function atPace(
  { perSecond, warmUpSeconds, seconds }: Pace,
  act: () => void,
  onWarm: () => void,
): Promise<void> {
  const began = performance.now();
  const endMs = (warmUpSeconds + seconds) * 1000;
  let acted = 0;
  let isWarm = false;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const elapsed = performance.now() - began;
      if (!isWarm && elapsed >= warmUpSeconds * 1000) {
        isWarm = true;
        onWarm();
      }
      const due = (Math.min(elapsed, endMs) / 1000) * perSecond;
      for (; acted < due; acted += 1) act();
      if (elapsed < endMs) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
}

/** Starts measuring the CPU use of this process in cores. */
export function ownCores(): () => number {
  const before = process.cpuUsage();
  const began = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / (performance.now() - began);
  };
}
