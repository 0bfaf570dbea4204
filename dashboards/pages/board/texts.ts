import type { WaitEstimate } from '../../../contract/tickets/ticket.ts';
import type { QueueCard, ShownCall } from './screen.ts';

/** `14:05`, or as the device writes it. */
export const timeWords = (at: number, locale?: string): string =>
  new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(at);

/** `about 5–12 min` of seconds; the exact second would promise too much. */
export function waitWords({ p50, p90 }: WaitEstimate): string {
  const from = Math.max(1, Math.round(p50 / 60));
  const to = Math.max(from, Math.ceil(p90 / 60));
  if (p90 <= 60) return 'about 1 min';
  if (to < 60) return from === to ? `about ${from} min` : `about ${from}–${to} min`;
  return from === to ? `about ${hours(from)}` : `about ${hours(from)} – ${hours(to)}`;
}

function hours(minutes: number): string {
  const rest = minutes % 60;
  if (minutes < 60) return `${minutes} min`;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** What a card says instead of the wait. Null for an open queue. */
export function statusWords(
  { status, opensAt }: QueueCard,
  now: number,
  locale?: string,
): string | null {
  if (status === 'paused') return 'No new tickets at the moment';
  if (status === 'open') return null;
  return opensAt === null
    ? 'Closed'
    : `Closed · opens ${opensWords(Date.parse(opensAt), now, locale)}`;
}

const DAY_MS = 86_400_000;
/** `at 09:00`, `tomorrow at 09:00`, `on Monday at 09:00`, `on 24 December at 09:00`; local days. */
export function opensWords(at: number, now: number, locale?: string): string {
  const time = `at ${timeWords(at, locale)}`;
  const days = Math.round((midnight(at) - midnight(now)) / DAY_MS);
  if (days <= 0) return time;
  if (days === 1) return `tomorrow ${time}`;
  const form: Intl.DateTimeFormatOptions =
    days < 7 ? { weekday: 'long' } : { day: 'numeric', month: 'long' };
  return `on ${new Intl.DateTimeFormat('en-GB', form).format(at)} ${time}`;
}
const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);

/** For screen readers: `A042, go to Counter 2. A043, go to Counter 1.` */
export const callWords = (calls: readonly Pick<ShownCall, 'code' | 'counter'>[]): string =>
  calls
    .map(({ code, counter }) => (counter === null ? `${code}.` : `${code}, go to ${counter}.`))
    .join(' ');
