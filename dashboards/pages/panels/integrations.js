import { ago, code, mark, number, span, table, text, tile, whole } from '../draw.js';

/** The server stops counting above this number. */
const MOST = 10_000;
const count = (value) => (value > MOST ? `over ${whole(MOST)}` : whole(value));
const plural = (value, what) => `${whole(value)} ${what}${value === 1 ? '' : 's'}`;

export function tiles(data) {
  const { subscriptions, waiting } = data ?? {};
  const pending = subscriptions?.reduce((sum, one) => sum + one.pending, 0);
  return [
    tile(
      'Webhooks pending',
      pending === undefined ? null : count(pending),
      subscriptions && `for ${plural(subscriptions.length, 'subscription')}`,
    ),
    tile(
      'Events waiting',
      waiting === undefined ? null : count(waiting.events),
      waiting &&
        (waiting.oldestSeconds === null ? 'for fan-out' : `longest ${span(waiting.oldestSeconds)}`),
    ),
  ];
}

const stateOf = ({ state, disabledReason }) =>
  state === 'active'
    ? 'active'
    : mark(disabledReason === 'by_staff' ? 'warn' : 'bad', `disabled: ${disabledReason}`);

const failureOf = (failure) => failure && `${failure.error}, ${ago(failure.ageSeconds)}`;

const subscriptions = (rows) =>
  table(
    [
      ...['Receiver', 'Events', 'State'].map(text),
      ...['Pending', 'Oldest'].map(number),
      text('Last failure'),
    ],
    rows.map((row) => [
      code(row.address),
      row.events.join(', '),
      stateOf(row),
      count(row.pending),
      span(row.oldestSeconds),
      failureOf(row.lastFailure),
    ]),
    'There are no webhook subscriptions.',
  );

const MARKS = { delivered: 'good', pending: 'warn', dead: 'bad' };

const deliveries = (rows) =>
  table(
    [
      ...['Event', 'Receiver', 'State'].map(text),
      number('Attempts'),
      text('Last answer'),
      number('Age'),
    ],
    rows.map((row) => [
      row.type,
      code(row.address),
      mark(MARKS[row.state], row.state),
      whole(row.attempts),
      row.lastError ?? row.lastStatus,
      span(row.ageSeconds),
    ]),
    'There are no webhook deliveries.',
  );

export const sections = [
  {
    ...{ id: 'webhook-subscriptions', title: 'Webhook subscriptions', wide: true },
    text: 'Foyer sends each event at least once, in order per subject.',
    draw: (data) => subscriptions(data.subscriptions),
  },
  {
    ...{ id: 'webhook-deliveries', title: 'Latest webhook deliveries', wide: true },
    draw: (data) => deliveries(data.deliveries),
  },
];
