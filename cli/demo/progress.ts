import { isLive, isWaiting } from '../../client/matchmaking/state.ts';
import type { Learner } from './learner.ts';
import { percentile, type Tally } from './tally.ts';

const TTY_MS = 250;
/** Into a file, a line now and then says as much. */
const LINES_MS = 2_000;
/** The line shows how it is now: the waits of the last few matches. */
const RECENT = 200;

export interface Progress {
  stop(): void;
}

/** One line that is written over in a terminal, else one line every two seconds. */
export function showProgress(
  out: NodeJS.WriteStream,
  learners: readonly Learner[],
  tally: Tally,
  secondsLeft: () => number,
): Progress {
  const tty = out.isTTY === true;
  const show = () => {
    const line = progressLine(learners, tally, secondsLeft());
    out.write(tty ? `\r\x1b[K${line}` : `${line}\n`);
  };
  const timer = setInterval(show, tty ? TTY_MS : LINES_MS);
  return {
    stop: () => {
      clearInterval(timer);
      show();
      if (tty) out.write('\n');
    },
  };
}

export function progressLine(
  learners: readonly Pick<Learner, 'client'>[],
  tally: Tally,
  secondsLeft: number,
): string {
  const states = learners.map(({ client }) => client.matchmaking.state);
  const waiting = states.filter(({ matchRequest }) => isWaiting(matchRequest)).length;
  const talking = states.filter(({ session }) => isLive(session)).length;
  const p50 = percentile(tally.waits.slice(-RECENT), 0.5);
  return [
    `${Math.max(0, Math.ceil(secondsLeft))} s left`,
    `here ${tally.arrived}`,
    `joined ${tally.joined}`,
    `matched ${tally.matched}`,
    `waiting ${waiting}`,
    `in a session ${talking}`,
    `wait p50 ${p50 === null ? '-' : `${Math.round(p50)} ms`}`,
  ].join(' · ');
}
