import { ago, code, mark, number, span, table, text, tile, whole } from '../draw.js';

export function tiles(data) {
  const { queues, waiting, longestSeconds, counters } = data ?? {};
  return [
    tile(
      'Tickets waiting',
      waiting === undefined ? null : whole(waiting),
      queues === undefined ? null : `in ${whole(queues)} ${queues === 1 ? 'queue' : 'queues'}`,
    ),
    tile('Longest wait', span(longestSeconds) ?? (data ? 'nobody' : null), 'of those to be called'),
    tile(
      'Counters open',
      counters && whole(counters.open),
      counters && `${whole(counters.paused)} paused · ${whole(counters.expired)} leases expired`,
    ),
  ];
}

const stateOf = ({ state, mode }) =>
  state === 'open' ? (mode === 'auto' ? 'automatic' : 'open') : mark('warn', state);

const queues = (rows) =>
  table(
    [
      ...['Queue', 'State'].map(text),
      ...['Waiting', 'Longest wait', 'Counters', 'Calls, 5 min', 'Behind stream'].map(number),
    ],
    rows.map((row) => [
      row.name,
      stateOf(row),
      whole(row.waiting),
      span(row.longestSeconds),
      whole(row.openCounters),
      `${row.isMore ? 'over ' : ''}${whole(row.calls)}`,
      row.behind === null ? null : whole(row.behind),
    ]),
    'There are no queues.',
  );

const sweeps = (rows) =>
  table(
    [text('Sweep'), number('Last run'), text('Report')],
    rows.map(({ name, ageSeconds, line }) => [code(name), ago(ageSeconds), line]),
    'No sweep has run.',
  );

export const sections = [
  {
    ...{ id: 'ticket-queues', title: 'Queues of tickets', wide: true },
    text: 'Those with a problem first, then the fullest; at most 50.',
    of: ({ rows }) => rows,
    draw: queues,
  },
  {
    ...{ id: 'ticket-sweeps', title: 'Sweeps of tickets', wide: true },
    of: ({ sweeps: rows }) => rows,
    draw: sweeps,
  },
];
