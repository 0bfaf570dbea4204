import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

interface RetiredWord {
  pattern: RegExp;
  use: string;
}

/** Matched against prose and identifiers in lowercase, with `camelCase` and `kebab-case` split into words. */
const WORDS: RetiredWord[] = [
  { pattern: /\blanes?\b/, use: 'keyed serial queue' },
  { pattern: /\b(un)?settle[sd]?\b/, use: 'applyEffects, or resolved for a promise' },
  { pattern: /\b(reclaim|release|extend|expired|lost) holds?\b/, use: 'claim, claim lease' },
  { pattern: /\bline up\b|\bleave lines?\b|\blines key\b/, use: 'bucket' },
  { pattern: /\bin line\b(?! with)|\bplace in (the )?line\b/, use: 'waiting, in the queue' },
  { pattern: /\bpass(ed|ing) over\b|\bpass over(?! (an?|the|\d))/, use: 'runMatchPass, overtake' },
  { pattern: /\bstandings?\b/, use: 'token status' },
  { pattern: /\bhint(s|ed)?\b/, use: 'best-effort enqueue, best-effort push' },
  { pattern: /\bwake ups?\b/, use: 'enqueue, best-effort enqueue' },
  { pattern: /\bengaged users?\b/, use: 'usersWithLiveState' },
  { pattern: /\bhear(d|s)? of\b/, use: 'touchPresence, observe' },
  {
    pattern: /\bgives? up lease\b|\bhas fallen\b|\bbirth ms\b/,
    use: 'releaseLease, isPastDeadline, startedAt',
  },
  { pattern: /\bis whole\b|\bwhole index\b|\bto be whole\b/, use: 'isComplete' },
  { pattern: /\bjudg(e|es|ed|ing|ment)\b/, use: 'recheckPairs, checker' },
  { pattern: /\buntaken\b/, use: 'unassigned' },
  { pattern: /\bhand(s|ed|ing)? over\b/, use: 'batch enqueuer, pass' },
  { pattern: /\bread together\b|\bsend frames together\b/, use: 'batch loader, coalesceWrites' },
  { pattern: /\bsays? more\b/, use: 'isNewer' },
  { pattern: /\binsist(s|ed|ing)?\b/, use: 'enforce' },
  { pattern: /\bcalm\b/, use: 'quiesce' },
  { pattern: /\bnoticed\b/, use: 'observed' },
  { pattern: /\bbreach(es|ed)?\b/, use: 'violation' },
  { pattern: /\bfigures\b/, use: 'stats, time series' },
  {
    pattern:
      /\b(redis|postgre ?sql|stores?|database|dependency|server|it) (is|was|were|are) (away|back)\b/,
    use: 'unavailable, recovered',
  },
  { pattern: /\bmend(s|ed|ing)?\b/, use: 'repair, fix' },
  { pattern: /\banew\b/, use: 'again' },
  { pattern: /\bwhoever\b|\bwhom\b/, use: 'a noun' },
  { pattern: /\bso many\b|\bfor so long\b/, use: 'a number or a bound' },
  { pattern: /\bfaces?\b/, use: 'screen' },
  { pattern: /\btowns?\b/, use: 'simulation' },
  { pattern: /\bstor(y|ies)\b/, use: 'scenario' },
];

/** Matched against the source as it is written: ordinary words that are retired only as names. */
const NAMES: RetiredWord[] = [
  { pattern: /(?<![.\w])within\(/, use: 'withTimeout' },
  {
    pattern: /\b(interface|type) (Questions|Reach|Outgoing)\b/,
    use: 'queries, transport, request',
  },
  {
    pattern: /\b(interface|type|const) (Plain|One|Ground)\b/,
    use: 'MessageScreen, LoadContext, …',
  },
  { pattern: /\b(function|const) (become|look)\b/, use: 'setState, poll, reschedule' },
  { pattern: /\b(function|const) tell\b/, use: 'explain' },
];

/** Terms that others defined and that contain a retired word: names on the wire, HTML, APIs. */
const ALLOWED: { file: RegExp; text: RegExp }[] = [
  // the permanent wire name of a job
  { file: /^(jobs|workers|test|docs|db|effects)\//, text: /reclaim-holds/g },
  { file: /\.(ts|tsx|js|css)$/, text: /font-face|type(face|Face)/g },
  { file: /\.(ts|tsx|js)$/, text: /\ballSettled\b/g },
  // an adjective of the default display names
  { file: /friendly-name\.ts$/, text: /'Calm'/g },
];

/** Generated files, frozen migrations, and the tables of this test. */
const SKIPPED =
  /^(package-lock\.json|bench\/results\/|migrations\/|docs\/screenshots\/|test\/house-words)/;
const TEXT = /(\.(ts|tsx|js|lua|sql|md|yml|json|conf|css|html)|Dockerfile|\.env\.example)$/;

const root = fileURLToPath(new URL('../', import.meta.url));
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => TEXT.test(file) && !SKIPPED.test(file) && existsSync(join(root, file)));

/** `startAnew, put-back` → `start anew, put back` */
const asProse = (source: string): string =>
  source
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/(?<=\w)[_-](?=\w)/g, ' ')
    .toLowerCase();

/** The retired words of one text as `line: word → use`. */
function findRetired(file: string, source: string): string[] {
  const allowed = ALLOWED.filter((each) => each.file.test(file));
  const cleaned = allowed.reduce((text, each) => text.replace(each.text, ''), source);
  return cleaned.split('\n').flatMap((line, at) => {
    const prose = asProse(line);
    const hits = [
      ...WORDS.map(({ pattern, use }) => ({ found: pattern.exec(prose)?.[0], use })),
      ...NAMES.map(({ pattern, use }) => ({ found: pattern.exec(line)?.[0], use })),
    ];
    return hits.flatMap(({ found, use }) =>
      found === undefined ? [] : [`${file}:${at + 1}: ${found} → ${use}`],
    );
  });
}

describe('the words of the house', () => {
  it('use no retired word, in prose or in identifiers', () => {
    const found = files.flatMap((file) =>
      findRetired(file, readFileSync(join(root, file), 'utf8')),
    );
    expect(found, `\n${found.join('\n')}\n`).to.deep.equal([]);
  });

  it('appear in no file name', () => {
    const found = files.flatMap((file) => findRetired('name', file.replaceAll('/', '\n')));
    expect(found).to.deep.equal([]);
  });

  const retired = [
    'startAnew',
    'settleEffects',
    'await within(work, 5)',
    'the index is whole',
    'saysMore(a, b)',
    'Redis is away',
    'judgePairs',
    'GIVE_UP_LEASE',
    'A wake-up is lost.',
    'whoever waited longer',
    'interface Outgoing {',
    'figures.ts',
  ];
  for (const text of retired)
    it(`catches "${text}"`, () => expect(findRetired('a.ts', text)).not.to.deep.equal([]));

  const ordinary = [
    "state: 'held'",
    'one line of text',
    'within 10 s',
    'expect(ms).to.be.within(1, 2)',
    'the whole night',
    'background',
    'Promise.allSettled(all)',
    "name: 'matchmaking.reclaim-holds'",
    'ticket.away',
  ];
  for (const text of ordinary)
    it(`allows "${text}"`, () => expect(findRetired('jobs/a.ts', text)).to.deep.equal([]));
});
