import { ANNOUNCED_FOR_MS, type Call } from './calls.ts';
import type { Sound } from './options.ts';
import { sentence } from './sentences.ts';

export type Step = { kind: 'chime' } | { kind: 'speech'; language: string; text: string };

/** What is being played, and what waits for its turn. */
export interface Announcements {
  /** Null: silence. */
  current: Step | null;
  /** The rest of the announcement that is being played. */
  steps: readonly Step[];
  waiting: readonly { call: Call; at: number }[];
}

export type AnnouncementEvent =
  /** Calls, oldest first, at a local time in ms. */
  | { kind: 'called'; calls: readonly Call[]; at: number }
  /** The current step has been played. */
  | { kind: 'played'; at: number };

export interface AnnouncementStyle {
  sound: Sound;
  /** In turn; only those that have a voice. Without any, there is only the chime. */
  languages: readonly string[];
}

export const SILENCE: Announcements = { current: null, steps: [], waiting: [] };

/**
 * One announcement after another. What has waited for too long is left out, because it is on the
 * screen and its person has gone.
 */
export function announce(
  state: Announcements,
  event: AnnouncementEvent,
  style: AnnouncementStyle,
): Announcements {
  if (style.sound === 'off') return SILENCE;
  if (event.kind === 'played') return next({ ...state, current: null }, event.at, style, false);
  const { calls, at } = event;
  const repeated = ({ queueId, code }: Call) =>
    calls.some((call) => call.queueId === queueId && call.code === code);
  const waiting = [
    ...state.waiting.filter(({ call }) => !repeated(call)),
    ...calls.map((call) => ({ call, at })),
  ];
  if (state.current) return { ...state, waiting };
  return next({ ...state, waiting }, at, style, true);
}

/** `isFirst`: it was silent before, so that the chime comes before the voice. */
function next(
  { steps, waiting }: Announcements,
  now: number,
  { sound, languages }: AnnouncementStyle,
  isFirst: boolean,
): Announcements {
  const [step, ...rest] = steps;
  if (step) return { current: step, steps: rest, waiting };
  const due = waiting.filter(({ at }) => now - at <= ANNOUNCED_FOR_MS);
  const [first, ...later] = due;
  if (!first) return SILENCE;
  // One chime is enough for everyone who was called until it sounds.
  if (sound === 'chime' || languages.length === 0)
    return { current: { kind: 'chime' }, steps: [], waiting: [] };
  const spoken = languages.map(
    (language): Step => ({ kind: 'speech', language, text: sentence(language, first.call) }),
  );
  const all: Step[] = isFirst ? [{ kind: 'chime' }, ...spoken] : spoken;
  return { current: all[0] ?? null, steps: all.slice(1), waiting: later };
}
