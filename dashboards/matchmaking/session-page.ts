import { bounds } from '../../config.ts';
import type { JoinRow, SessionHistory } from '../../db/matchmaking/sessions/session-history.ts';
import { type Html, html } from '../../http/html.ts';
import { moment } from '../frame.ts';
import { sinceFirst, type TimelineEntry, timelineOf } from './timeline.ts';

/** How many signals of each person are kept; null while Redis does not answer. */
type SignalCounts = ReadonlyMap<string, number> | null;

/** The body of the page of one session, from the join to its end. */
export function sessionBody(history: SessionHistory, signals: SignalCounts): Html {
  const { session } = history;
  const timeline = timelineOf(history);
  const first = timeline[0]?.at ?? session.createdAt;
  return html`<main><p><a href="/admin/matchmaking/sessions">← Sessions</a></p>
<div class="head"><h1>Session</h1><p><code>${session.id}</code></p></div>
<dl><dt>State</dt><dd>${session.state}${session.endReason ? `: ${session.endReason}` : ''}</dd>
<dt>Language</dt><dd>${session.language}</dd><dt>Pool</dt><dd><code>${session.pool}</code></dd>
<dt>First event (UTC)</dt><dd>${moment(first)}</dd>
<dt>Matched after</dt><dd>${sinceFirst(first, session.createdAt).replace('+', '')}</dd>
<dt>Call</dt><dd>${durationOf(session)}</dd></dl>
<h2>People</h2>${people(history, signals, first)}
<p class="soft">Times are relative to the first event. Signals are kept for ${bounds.signalSeconds / 60} minutes.</p>
<h2>What happened</h2>${timelineTable(timeline, first)}</main>`;
}

function durationOf({ activeAt, endedAt }: SessionHistory['session']): string {
  if (activeAt === null) return 'never connected';
  if (endedAt === null) return 'in progress';
  return sinceFirst(activeAt, endedAt).replace('+', '');
}

function people({ session, joins }: SessionHistory, signals: SignalCounts, first: Date): Html {
  const time = (at: Date | null | undefined) => (at ? sinceFirst(first, at) : '–');
  const joinOf = (userId: string) => joins.find((join) => join.userId === userId);
  return html`<div class="scroll"><table><thead><tr><th scope="col">Name</th><th scope="col">Role</th>
<th scope="col">User</th><th scope="col" class="number">Joined</th><th scope="col" class="number">Accepted</th>
<th scope="col" class="number">Connected</th><th scope="col" class="number">Signals</th>
<th scope="col" class="number">Left</th><th scope="col">Request now</th></tr></thead><tbody>${session.sides.map(
    ({ userId, displayName, role, acceptedAt, connectedAt, leftAt }) =>
      html`<tr><th scope="row">${displayName}</th><td>${role}</td><td><code>${userId}</code></td>
<td class="number">${time(joinOf(userId)?.joinedAt)}</td><td class="number">${time(acceptedAt)}</td>
<td class="number">${time(connectedAt)}</td><td class="number">${signals?.get(userId) ?? '–'}</td>
<td class="number">${time(leftAt)}</td><td>${requestOf(joinOf(userId))}</td></tr>`,
  )}</tbody></table></div>`;
}

const requestOf = (join: JoinRow | undefined): string => {
  if (!join) return 'not kept';
  return join.reason === null ? join.state : `${join.state}: ${join.reason}`;
};

const timelineTable = (timeline: readonly TimelineEntry[], first: Date): Html =>
  html`<div class="scroll"><table><thead><tr><th scope="col" class="number">After</th>
<th scope="col">What</th><th scope="col">Who</th><th scope="col">Details</th>
<th scope="col">Time (UTC)</th></tr></thead><tbody>${timeline.map(
    ({ at, what, who, details }) =>
      html`<tr><td class="number">${sinceFirst(first, at)}</td><td>${what}</td>
<td>${who ?? html`<span class="soft">Foyer</span>`}</td><td class="reason">${details}</td>
<td>${moment(at)}</td></tr>`,
  )}</tbody></table></div>`;
