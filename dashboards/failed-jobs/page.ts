import { type Html, html } from '../../http/html.ts';
import type { FailedJob, FailedJobDetail } from '../../jobs/failed-jobs.ts';
import { csrfField, moment } from '../frame.ts';
import type { Operator } from '../sign-in/operator-of.ts';

interface List {
  jobs: FailedJob[];
  text: string;
  limit: number;
  retried: boolean;
}

export const listBody = ({ jobs, text, limit, retried }: List): Html => html`<main>
<h1>Failed jobs</h1>
${retried ? html`<p class="good" role="status">The job was added to its queue again.</p>` : undefined}
<form class="search" role="search"><label>Search by name, reason, id or request
<input type="search" name="q" value="${text}"></label><button>Search</button>
${text ? html`<a href="/admin/jobs">Show all</a>` : undefined}</form>
${jobs.length > 0 ? table(jobs) : html`<p class="soft">${text ? 'No failed jobs match your search.' : 'No failed jobs.'}</p>`}
${jobs.length === limit ? html`<p class="soft">Showing the latest ${limit} jobs.</p>` : undefined}
</main>`;

const table = (jobs: FailedJob[]): Html => html`<div class="scroll"><table>
<thead><tr><th scope="col">When (UTC)</th><th scope="col">Job</th><th scope="col">Reason</th>
<th scope="col" class="number">Attempts</th><th scope="col">Request</th></tr></thead><tbody>${jobs.map(
  (job) => html`<tr><td>${moment(job.failedAtMs)}</td>
<td><a href="${hrefOf(job)}">${job.name}</a></td><td class="reason">${job.reason.slice(0, 200)}</td>
<td class="number">${job.attempts}</td><td><code>${job.requestId ?? ''}</code></td></tr>`,
)}</tbody></table></div>`;

const hrefOf = ({ queue, id }: FailedJob) => `/admin/jobs/${queue}/${encodeURIComponent(id)}`;

export const detailBody = (job: FailedJobDetail, { role, csrfToken }: Operator): Html =>
  html`<main><p><a href="/admin/jobs">← Failed jobs</a></p>
<div class="head"><h1>${job.name}</h1>
${
  role === 'admin'
    ? html`<form method="post" action="${hrefOf(job)}/retry">${csrfField(csrfToken)}<button class="primary">Retry</button></form>`
    : undefined
}</div>
<p class="problem">${job.reason}</p>
<dl><dt>Queue</dt><dd>${job.queue}</dd><dt>Id</dt><dd><code>${job.id}</code></dd>
<dt>Request</dt><dd><code>${job.requestId ?? 'none'}</code></dd>
<dt>Created (UTC)</dt><dd>${moment(job.createdAtMs)}</dd>
<dt>Started</dt><dd>${moment(job.startedAtMs)}</dd><dt>Failed</dt><dd>${moment(job.failedAtMs)}</dd>
<dt>Attempts</dt><dd>${job.attempts}</dd></dl>
${block('Payload', JSON.stringify(job.payload ?? null, null, 2))}
${block('Log', job.log.join('\n') || 'empty')}
${block('Stack', job.stack.join('\n') || 'none')}</main>`;

const block = (title: string, text: string): Html =>
  html`<h2>${title}</h2><pre tabindex="0">${text}</pre>`;
