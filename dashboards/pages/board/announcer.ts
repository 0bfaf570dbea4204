import {
  type AnnouncementEvent,
  type AnnouncementStyle,
  type Announcements,
  announce,
  SILENCE,
  type Step,
} from './announcements.ts';
import type { Call } from './calls.ts';

export interface Announcer {
  /** Oldest first. */
  called(calls: readonly Call[]): void;
}

/** Plays announcements one after another. `play` resolves when a step has ended. */
export function createAnnouncer(
  style: () => AnnouncementStyle,
  play: (step: Step) => Promise<void>,
): Announcer {
  let state: Announcements = SILENCE;

  function take(event: AnnouncementEvent): void {
    const before = state.current;
    state = announce(state, event, style());
    const step = state.current;
    if (step === null || step === before) return;
    const played = () => take({ kind: 'played', at: Date.now() });
    play(step).then(played, played);
  }
  return {
    called: (calls) => {
      if (calls.length > 0) take({ kind: 'called', calls, at: Date.now() });
    },
  };
}
