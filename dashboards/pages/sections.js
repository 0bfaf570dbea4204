import { ago, bytes, clock, el, mark, span, table, whole } from './draw.js';

const number = (title) => ({ title, kind: 'number' });
const text = (title) => ({ title });
const code = (value) => el('code', {}, value);

/** The list of problems, or a message that there are none. */
export function problems(found) {
  if (found.length === 0) return el('p', { class: 'verdict good' }, 'No problems found.');
  const line = ({ level, text: words, href }) =>
    el(
      'li',
      { class: level },
      mark(level, level === 'bad' ? 'problem' : 'warning'),
      ' ',
      href ? el('a', { href }, words) : words,
    );
  return el('ul', { class: 'verdict' }, ...found.map(line));
}

const tile = (title, value, note) =>
  el(
    'div',
    { class: 'tile' },
    el('span', { class: 'title' }, title),
    el('strong', {}, value ?? '–'),
    el('span', { class: 'soft' }, note ?? ''),
  );

export function tiles({ matchmaking, fleet, accounts, queues }) {
  const { waiting, oldestSeconds, perMinute, wait, sessions } = matchmaking ?? {};
  const people = fleet?.instances.reduce((sum, instance) => sum + instance.people, 0);
  const failed = queues?.reduce((sum, queue) => sum + queue.failed, 0);
  const live = sessions && sessions.matched + sessions.connecting + sessions.active;
  return [
    tile('Waiting', waiting === undefined ? null : whole(waiting), oldestNote(oldestSeconds)),
    tile('Matches per minute', perMinute && whole(perMinute.five), hourNote(perMinute)),
    tile('Wait, median', span(wait?.p50), wait && `${whole(wait.waits)} waits in the last hour`),
    tile('Wait, p95', span(wait?.p95), ''),
    tile('Live sessions', live === undefined ? null : whole(live), sessionsNote(sessions)),
    tile('Connected', people === undefined ? null : whole(people), serversNote(fleet)),
    tile('Accounts', accounts && whole(accounts.users), accountsNote(accounts)),
    tile('Failed jobs', failed === undefined ? null : whole(failed), 'kept for a week'),
  ];
}

const plural = (count, what) => `${whole(count)} ${what}${count === 1 ? '' : 's'}`;
const oldestNote = (seconds) => (seconds == null ? 'no one' : `longest ${span(seconds)}`);
const hourNote = (rate) => rate && `last 5 min · hour ${whole(rate.hour)}`;
const sessionsNote = (sessions) =>
  sessions && `${sessions.active} active · ${sessions.matched + sessions.connecting} connecting`;
const serversNote = (fleet) =>
  fleet && `on ${plural(fleet.instances.filter(({ leaseMs }) => leaseMs > 0).length, 'server')}`;
const accountsNote = (accounts) =>
  accounts && `${whole(accounts.guests)} guests · ${whole(accounts.newLastHour)} new this hour`;

export const queues = (rows) =>
  table(
    [text('Queue'), ...['Waiting', 'Active', 'Delayed', 'Failed', 'Oldest'].map(number)],
    rows.map((row) => [
      el(
        'span',
        {},
        el('a', { href: `/admin/queues/queue/${row.queue}` }, row.queue),
        row.isPaused ? ' ' : null,
        row.isPaused ? mark('warn', 'paused') : null,
      ),
      whole(row.waiting),
      whole(row.active),
      whole(row.delayed),
      row.failed > 0
        ? el('a', { href: `/admin/jobs?q=${row.queue}` }, whole(row.failed))
        : whole(row.failed),
      span(row.oldestSeconds),
    ]),
  );

export const sweeps = (rows) =>
  table(
    [
      ...[text('Sweep'), text('Every'), text('Last run')],
      ...[number('Took'), number('Repaired'), text('Report')],
    ],
    rows.map(({ name, everySeconds, last, isLate }) => [
      code(name),
      span(everySeconds),
      el(
        'span',
        {},
        last ? ago(last.ageSeconds) : 'never',
        isLate ? ' ' : null,
        isLate ? mark('bad', 'late') : null,
      ),
      last && `${whole(last.durationMs)} ms`,
      last && whole(last.repaired),
      last && el('span', { class: last.outcome === 'failed' ? 'bad' : 'soft' }, last.line),
    ]),
  );

export const pools = (rows) =>
  table(
    [text('Pool'), number('Waiting'), number('Indexed'), number('Oldest')],
    rows.map(({ pool, waiting, indexed, oldestSeconds }) => [
      code(pool),
      whole(waiting),
      indexed === null ? null : whole(indexed),
      span(oldestSeconds),
    ]),
    'No one is waiting.',
  );

/** Stats of the calls in the last hour. */
export const calls = ({ connect, duration, calls: count, rating, ratings }) =>
  table(
    [text('Calls, last hour'), number('Median'), number('p95')],
    [
      ['Match to connected', span(connect.p50), span(connect.p95)],
      ['Duration', span(duration.p50), span(duration.p95)],
      ['Became active', whole(count), null],
      ['Rating', rating === null ? null : `${rating.toFixed(1)} of 5`, `${whole(ratings)} ratings`],
    ],
  );

export const ended = (rows) =>
  table(
    [text('State'), text('Reason'), number('Sessions')],
    rows.map(({ state, reason, count }) => [state, reason, whole(count)]),
  );

export const failed = (rows) =>
  table(
    [text('Failed'), text('Job'), text('Reason')],
    rows.map(({ failedAtMs, queue, id, name, reason }) => [
      failedAtMs && clock(failedAtMs),
      el('a', { href: `/admin/jobs/${queue}/${encodeURIComponent(id)}` }, name),
      el('span', { class: 'reason' }, reason.slice(0, 160)),
    ]),
  );

export function fleet({ instances, epoch }) {
  const servers = table(
    [text('Instance'), text('Lease'), number('People')],
    instances.map(({ id, leaseMs, people }) => [
      code(id.slice(0, 13)),
      leaseMs > 0 ? `${Math.ceil(leaseMs / 1000)} s left` : mark('bad', 'ended'),
      whole(people),
    ]),
    'No server has a lease.',
  );
  const words = epoch
    ? ['Epoch ', code(epoch.id.slice(0, 13)), `, started ${ago(epoch.ageSeconds)}`]
    : ['No epoch: Redis has just lost its data.'];
  return [servers, el('p', { class: 'soft' }, ...words)];
}

export function stores({ postgresql, redis, pool }) {
  const latency = (store) =>
    store?.latencyMs == null ? mark('bad', 'no response') : `${store.latencyMs.toFixed(1)} ms`;
  const memory = redis?.maxBytes
    ? `${bytes(redis.usedBytes)} of ${bytes(redis.maxBytes)}`
    : bytes(redis?.usedBytes);
  const connections = postgresql?.connections
    ? `${postgresql.connections} of ${postgresql.maxConnections} connections`
    : null;
  return [
    table(
      [text('Store'), text('Version'), number('Latency'), text('Size'), text('Details')],
      [
        [
          'PostgreSQL',
          postgresql?.version,
          latency(postgresql),
          bytes(postgresql?.bytes),
          connections,
        ],
        ['Redis', redis?.version, latency(redis), memory, redis?.persistence],
      ],
    ),
    el('p', { class: 'soft' }, `Pool of this process: ${pool.used} used, ${pool.free} free.`),
  ];
}
