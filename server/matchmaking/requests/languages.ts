import { FoyerError } from '../../../contract/errors.ts';
import type { JoinBody } from '../../../contract/matchmaking.ts';
import type { Db } from '../../../db/knex.ts';
import { type Language, readLanguages } from '../../../db/matchmaking/requests/languages.ts';

const FRESH_MS = 60_000;

interface Loaded {
  languages: Language[];
  codes: Set<string>;
  until: number;
}
let cached: Loaded | undefined;
let loading: Promise<Loaded> | undefined;

/** The languages, from memory for a minute. While PostgreSQL is unavailable, the last answer is used. */
export async function languages(db: Db): Promise<Language[]> {
  return (await current(db)).languages;
}

/** @throws {FoyerError} request.invalid for a code that is not in the table */
export async function refuseUnknownLanguages(db: Db, body: JoinBody): Promise<void> {
  const { codes } = await current(db);
  const errors = (['native', 'practice'] as const).flatMap((side) =>
    body[side].flatMap((code, at) =>
      codes.has(code) ? [] : [{ path: `${side}.${at}`, message: 'is not a known language' }],
    ),
  );
  if (errors.length > 0) throw new FoyerError('request.invalid', { errors });
}

/** Stale while one caller revalidates: only the first callers wait, all for the same query. */
async function current(db: Db): Promise<Loaded> {
  if (cached && cached.until > performance.now()) return cached;
  loading ??= load(db).finally(() => {
    loading = undefined;
  });
  if (!cached) return loading;
  loading.catch(() => {});
  return cached;
}

async function load(db: Db): Promise<Loaded> {
  const rows = await readLanguages(db);
  const codes = new Set(rows.map(({ code }) => code));
  cached = { languages: rows, codes, until: performance.now() + FRESH_MS };
  return cached;
}
