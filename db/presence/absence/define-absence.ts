import type { Config } from '../../../config.ts';
import type { Db } from '../../knex.ts';
import { absentKey } from '../keys.ts';

/** What a domain declares when staying away costs its users something. */
export interface AbsenceDefinition {
  /** `<domain>.<what is lost>`: a part of the Redis key, so permanent. */
  name: string;
  /** How long users may stay away before the domain acts (ms). */
  graceMs: (config: Config) => number;
  /**
   * A page of users with something to lose, by id after `afterId`. In a new epoch no absence is known;
   * the users of this page that no instance lists are observed from then on.
   */
  usersWithLiveState: (db: Db, afterId: string, limit: number) => Promise<string[]>;
}

export interface AbsenceSet extends AbsenceDefinition {
  readonly key: string;
}

/**
 * An absence set: the users that no live instance lists, and since when. Presence writes every set when
 * a user leaves, and clears every set when the user is back. The domain reads its own set, acts after
 * the grace, and removes from its own set only what it has dealt with. Sets are trimmed after 24 hours.
 */
export const defineAbsence = (definition: AbsenceDefinition): AbsenceSet => ({
  ...definition,
  key: absentKey(definition.name),
});
