import type { HeldTokens } from '../../../../client/transport/tokens.ts';

/** The values of the search form. */
export interface Choice {
  native: string[];
  practice: string[];
  level: number | null;
  topics: string;
}

const EMPTY: Choice = { native: [], practice: [], level: null, topics: '' };

/** Stored per tab, so that two tabs act as two users. */
function slot<T>(name: string) {
  return {
    read(): T | null {
      try {
        return JSON.parse(sessionStorage.getItem(name) ?? 'null') as T | null;
      } catch {
        return null;
      }
    },
    write(value: T | null): void {
      try {
        if (value === null) sessionStorage.removeItem(name);
        else sessionStorage.setItem(name, JSON.stringify(value));
      } catch {
        // Storage is disabled or full. The value is lost on the next load; nothing else breaks.
      }
    },
  };
}

export const storedTokens = slot<HeldTokens>('foyer.tokens');
const storedChoice = slot<Choice>('foyer.match.choice');

export const readChoice = (): Choice => ({ ...EMPTY, ...storedChoice.read() });
export const keepChoice = (choice: Choice): void => storedChoice.write(choice);

export const topicsOf = ({ topics }: Choice): string[] => [
  ...new Set(
    topics
      .split(',')
      .map((topic) => topic.trim().slice(0, 32))
      .filter((topic) => topic !== ''),
  ),
];
