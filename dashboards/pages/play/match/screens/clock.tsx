import { useEffect, useReducer } from 'preact/hooks';

/** The local time in milliseconds. Updates every second while the component is mounted. */
export function useNow(): number {
  const [, tick] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(() => tick(undefined), 1_000);
    return () => clearInterval(timer);
  }, []);
  return Date.now();
}

/** Seconds since a moment. Never negative, even if the local clock is wrong. */
export const since = (moment: string | null, now: number): number =>
  moment === null ? 0 : Math.max(0, (now - Date.parse(moment)) / 1000);

/** Seconds until a moment. Never more than the total span, even if the local clock is wrong. */
export const until = (moment: string | null, from: string, now: number): number => {
  if (moment === null) return 0;
  const all = Date.parse(moment) - Date.parse(from);
  return Math.max(0, Math.min(all, Date.parse(moment) - now) / 1000);
};
