import type { Change } from '../audit.ts';
import type { Seen } from '../domains/matchmaking/record.ts';
import { judgeBy, type RuleName } from './checker.ts';
import type { History, Violation } from './history.ts';

/** The maximum number of histories checked per violation, enough for a few hundred events. */
const MOST_TRIES = 2_000;

/**
 * The shortest history found that still has this violation: only the events of the people involved without
 * which the violation disappears. It must be the same violation, not only the same rule, because removing an
 * event can cause other violations.
 */
export function minimise(history: History, violation: Violation): History {
  let tries = 0;
  const offends = (candidate: History): boolean => {
    tries += 1;
    return judgeBy(violation.rule as RuleName, candidate).some(
      ({ detail }) => detail === violation.detail,
    );
  };
  const own = ofPeople(history, new Set(violation.people));
  let best = offends(own) ? own : history;
  const shrink = <Event>(list: readonly Event[], with_: (events: Event[]) => History) => {
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
  shrink<Seen>(best.seen, (seen) => ({ ...best, seen }));
  shrink<Change>(best.changes, (changes) => ({ ...best, changes }));
  return best;
}

function ofPeople({ changes, seen, ...rest }: History, people: Set<string>): History {
  const sessions = new Set(
    changes.flatMap(({ table, row }) =>
      table === 'sessions' &&
      (people.has(String(row['practice_user_id'])) || people.has(String(row['native_user_id'])))
        ? [String(row['id'])]
        : [],
    ),
  );
  const concerns = ({ row }: Change) =>
    people.has(String(row['user_id'])) ||
    sessions.has(String(row['session_id'])) ||
    sessions.has(String(row['id']));
  return {
    ...rest,
    changes: changes.filter(concerns),
    seen: seen.filter(({ userId }) => people.has(userId)),
  };
}
