/**
 * The preferences of two compatible people, and how they relax with waiting. Pure. The claim script
 * has the same table, and a test compares the two.
 *
 * The step of the person who waited longer counts for a pair, so nobody waits because of a newcomer's
 * wishes. Each step lasts `MATCH_RELAX_SECONDS`.
 *
 * | step | levels apart (CEFR) | a common topic | partner of the last 24 h |
 * | ---- | ------------------- | -------------- | ------------------------ |
 * | 0    | at most 1           | wanted         | no                       |
 * | 1    | at most 2           |                | no                       |
 * | 2    | any                 |                | no                       |
 * | 3    | any                 |                | yes                      |
 */
export interface Wishes {
  /** 1–6, or null: no wish. */
  level: number | null;
  topics: readonly string[];
}

/** The default of `MATCH_RELAX_SECONDS`. */
export const RELAX_SECONDS = 15;
/** The step at which every wish has relaxed. */
export const LAST_STEP = 3;
const LEVEL_GAPS = [1, 2] as const;

/** Why two compatible people are not paired yet, or null when they may be. */
export type Obstacle = 'level_gap' | 'no_common_topic' | 'recent_partner';

/** The first obstacle between two compatible people at a step, or null. */
export function obstacleBetween(
  a: Wishes,
  b: Wishes,
  { step, recent }: { step: number; recent: boolean },
): Obstacle | null {
  if (recent && step < LAST_STEP) return 'recent_partner';
  const gap = a.level !== null && b.level !== null ? Math.abs(a.level - b.level) : 0;
  if (gap > (LEVEL_GAPS[step] ?? Number.POSITIVE_INFINITY)) return 'level_gap';
  const bothWish = a.topics.length > 0 && b.topics.length > 0;
  if (step === 0 && bothWish && !a.topics.some((topic) => b.topics.includes(topic)))
    return 'no_common_topic';
  return null;
}

/** Topics are compared without case and outer blanks. */
export const normalTopics = (topics: readonly string[]): string[] => [
  ...new Set(topics.map((topic) => topic.trim().toLowerCase()).filter((topic) => topic !== '')),
];

/** How far a person's wishes have relaxed after waiting. */
export const stepOf = (waitedSeconds: number, relaxSeconds: number): number =>
  Math.min(LAST_STEP, Math.max(0, Math.floor(waitedSeconds / relaxSeconds)));
