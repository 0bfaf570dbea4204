import { clock, code, el, number, span, table, text, tile, whole } from '../draw.js';

/** Tiles of the current state; `data` is null while the store does not answer. */
export function tiles(data) {
  const { waiting, oldestSeconds, perMinute, wait, sessions } = data ?? {};
  const live = sessions && sessions.matched + sessions.connecting + sessions.active;
  return [
    tile('Waiting', waiting === undefined ? null : whole(waiting), oldestNote(oldestSeconds)),
    tile('Matches per minute', perMinute && whole(perMinute.five), hourNote(perMinute)),
    tile('Wait, median', span(wait?.p50), wait && `${whole(wait.waits)} waits of the last hour`),
    tile('Wait, p95', span(wait?.p95), ''),
    tile('Live sessions', live === undefined ? null : whole(live), sessionsNote(sessions)),
  ];
}

const oldestNote = (seconds) => (seconds == null ? 'nobody' : `longest ${span(seconds)}`);
const hourNote = (rate) => rate && `last 5 min · hour ${whole(rate.hour)}`;
const sessionsNote = (sessions) =>
  sessions && `${sessions.active} active · ${sessions.matched + sessions.connecting} connecting`;

const series = (of) => (data) =>
  data.timeSeries.map((point) => ({ minute: point.minute, value: of(point) }));

export const charts = [
  {
    caption: 'Matches per minute, last hour',
    ...{ title: 'Matches per minute', kind: 'bars', points: series(({ matches }) => matches) },
  },
  {
    caption: 'People waiting, last hour',
    ...{ title: 'People waiting', kind: 'line', points: series(({ waiting }) => waiting) },
  },
  {
    caption: 'Wait until matched (p95, seconds), last hour',
    ...{ title: 'Wait, p95 in seconds', kind: 'line', points: series(({ waitP95 }) => waitP95) },
  },
];

const pools = (rows) =>
  table(
    [text('Pool'), number('Waiting'), number('Indexed'), number('Oldest')],
    rows.map(({ pool, waiting, indexed, oldestSeconds }) => [
      code(pool),
      whole(waiting),
      indexed === null ? null : whole(indexed),
      span(oldestSeconds),
    ]),
    'Nobody waits.',
  );

/** Statistics of the calls of the last hour. */
const calls = ({ connect, duration, calls: count, rating, ratings }) =>
  table(
    [text('Calls of the last hour'), number('Median'), number('p95')],
    [
      ['Match to connected', span(connect.p50), span(connect.p95)],
      ['Duration', span(duration.p50), span(duration.p95)],
      ['Became active', whole(count), null],
      ['Rating', rating === null ? null : `${rating.toFixed(1)} of 5`, `${whole(ratings)} given`],
    ],
  );

const ended = (rows) =>
  table(
    [text('State'), text('Reason'), number('Sessions')],
    rows.map(({ state, reason, count }) => [state, reason, whole(count)]),
  );

const SESSIONS = '/admin/matchmaking/sessions';

/** Finds a session by its id. */
const search = () => [
  el(
    'form',
    { class: 'search', action: SESSIONS, role: 'search' },
    el('label', {}, 'Session id', el('input', { type: 'search', name: 'id', required: '' })),
    el('button', {}, 'Show session'),
  ),
  el('p', {}, el('a', { href: SESSIONS }, 'All sessions, newest first')),
];

const newest = (rows) =>
  table(
    [text('Created'), text('Session'), text('Pool'), text('State'), text('Reason')],
    rows.map(({ id, pool, state, endReason, at }) => [
      clock(at),
      el('a', { href: `${SESSIONS}/${id}` }, code(id)),
      code(pool),
      state,
      endReason,
    ]),
    'No sessions.',
  );

export const sections = [
  {
    ...{ id: 'pools', title: 'Pools', text: 'Rows that wait beside entries of the index.' },
    draw: (data) => pools(data.pools),
  },
  { id: 'calls', title: 'Calls', draw: (data) => calls(data.calls) },
  { id: 'ended', title: 'Sessions that ended, last hour', draw: (data) => ended(data.ended) },
  { id: 'find-session', title: 'Find a session', of: () => ({}), draw: search },
  {
    ...{ id: 'newest-sessions', title: 'Newest sessions', wide: true },
    ...{ of: ({ newest: rows }) => rows, draw: newest },
  },
];
