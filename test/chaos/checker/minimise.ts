import { type Checker, checkBy } from './checker.ts';
import type { History, SeenEvent, Violation } from './history.ts';

/** Histories checked for one violation: enough for a few hundred events, and an end for any. */
const MOST_TRIES = 2_000;

/**
 * The shortest history found that still has this violation: only the events of the people involved without
 * which the violation disappears. It must be the same violation, not only the same rule, because removing an
 * event can cause other violations.
 */
export function minimise<Seen extends SeenEvent, H extends History<Seen>>(
  { rules, ofPeople }: Pick<Checker<Seen, H>, 'rules' | 'ofPeople'>,
  history: H,
  violation: Violation,
): H {
  let tries = 0;
  const offends = (candidate: H): boolean => {
    tries += 1;
    return checkBy(rules, violation.rule, candidate).some(
      ({ detail }) => detail === violation.detail,
    );
  };
  const own = ofPeople(history, new Set(violation.people));
  let best = offends(own) ? own : history;
  const shrink = <Event>(list: readonly Event[], with_: (events: Event[]) => H) => {
    let kept = [...list];
    for (let size = Math.ceil(kept.length / 2); size >= 1; size = Math.floor(size / 2)) {
      for (let at = 0; at < kept.length && tries < MOST_TRIES; ) {
        const fewer = [...kept.slice(0, at), ...kept.slice(at + size)];
        const candidate = with_(fewer);
        if (offends(candidate)) {
          kept = fewer;
          best = candidate;
        } else at += size;
      }
    }
  };
  shrink(best.seen, (seen) => ({ ...best, seen }));
  shrink(best.changes, (changes) => ({ ...best, changes }));
  return best;
}
