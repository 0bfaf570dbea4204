import type { RecentSession } from '../../db/matchmaking/sessions/session-history.ts';
import { type Html, html } from '../../http/html.ts';
import { moment } from '../frame.ts';

interface List {
  sessions: readonly RecentSession[];
  isLast: boolean;
  /** What was searched for is not an id. */
  isWrong: boolean;
}

/** The body of the list of sessions. */
export const listBody = ({ sessions, isLast, isWrong }: List): Html => html`<main>
<h1>Sessions</h1>
${isWrong ? html`<p class="problem" role="alert">This is not a session id.</p>` : undefined}
<form class="search" role="search"><label>Session id
<input type="search" name="id" required></label><button>Show session</button></form>
${sessions.length > 0 ? table(sessions) : html`<p class="soft">No sessions.</p>`}
${
  isLast
    ? undefined
    : html`<p><a href="/admin/matchmaking/sessions?before=${sessions.at(-1)?.id}">Older sessions</a></p>`
}</main>`;

const table = (sessions: readonly RecentSession[]): Html => html`<div class="scroll"><table>
<thead><tr><th scope="col">Created (UTC)</th><th scope="col">Session</th><th scope="col">People</th>
<th scope="col">Language</th><th scope="col">Pool</th><th scope="col">State</th>
<th scope="col">Reason</th></tr></thead><tbody>${sessions.map(
  ({ id, createdAt, names, language, pool, state, endReason }) =>
    html`<tr><td>${moment(createdAt)}</td>
<td><a href="/admin/matchmaking/sessions/${id}"><code>${id}</code></a></td>
<td>${names.join(' · ')}</td><td>${language}</td><td><code>${pool}</code></td>
<td>${state}</td><td>${endReason ?? ''}</td></tr>`,
)}</tbody></table></div>`;
