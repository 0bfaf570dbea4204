import { useEffect, useReducer } from 'preact/hooks';

/** Milliseconds of this machine, anew every second while it is shown. */
export function useNow(): number {
  const [, tick] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(() => tick(undefined), 1_000);
    return () => clearInterval(timer);
  }, []);
  return Date.now();
}

/** Seconds since; never negative, whatever this machine's clock thinks. */
export const since = (moment: string | null, now: number): number =>
  moment === null ? 0 : Math.max(0, (now - Date.parse(moment)) / 1000);

/** Seconds until; never more than there were in all, whatever this machine's clock thinks. */
export const until = (moment: string | null, from: string, now: number): number => {
  if (moment === null) return 0;
  const all = Date.parse(moment) - Date.parse(from);
  return Math.max(0, Math.min(all, Date.parse(moment) - now) / 1000);
};
