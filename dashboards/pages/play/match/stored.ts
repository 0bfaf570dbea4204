import type { HeldTokens } from '../../../../client/tokens.ts';

/** What a person looks for, as the form has it. */
export interface Choice {
  native: string[];
  practice: string[];
  level: number | null;
  topics: string;
}

const EMPTY: Choice = { native: [], practice: [], level: null, topics: '' };

/** Of this tab alone, so that two tabs are two people. */
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
        // Storage is off or full: this tab forgets at the next load, nothing more.
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
