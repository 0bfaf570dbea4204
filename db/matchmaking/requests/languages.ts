import type { Db } from '../../knex.ts';

export interface Language {
  code: string;
  name: string;
}

/** Every language, by name. */
export const readLanguages = (db: Db): Promise<Language[]> =>
  db<Language>('languages').select('code', 'name').orderBy('name');
