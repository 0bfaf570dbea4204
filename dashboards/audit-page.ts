import type { Express } from 'express';
import { type AuditRow, listAudit } from '../db/accounts/audit.ts';
import { type Html, html } from '../http/html.ts';
import { stateOf } from '../http/request-state.ts';
import type { AdminDeps } from './deps.ts';
import { framed, moment } from './frame.ts';
import { adminsOnly } from './sign-in/gate.ts';
import { theOperator } from './sign-in/operator-of.ts';

const PAGE = 100;

/** `/admin/audit`: who did what, newest first. */
export function mountAudit(app: Express, { db }: AdminDeps): void {
  app.get('/admin/audit', adminsOnly, async (req, res) => {
    stateOf(res).route = '/admin/audit';
    const before = /^\d{1,18}$/.exec(String(req.query['before'] ?? ''))?.[0];
    const rows = await listAudit(db, PAGE, before);
    const last = rows.length === PAGE ? rows.at(-1)?.id : undefined;
    const body = html`<main><h1>Audit log</h1>
<div class="scroll"><table><thead><tr><th scope="col">Time (UTC)</th><th scope="col">Actor</th>
<th scope="col">Action</th><th scope="col">Target</th><th scope="col">Details</th></tr></thead>
<tbody>${rows.map(line)}</tbody></table></div>
${last ? html`<p><a href="/admin/audit?before=${last}">Older entries</a></p>` : undefined}</main>`;
    res.type('html').send(framed('Audit log', body, { operator: theOperator(res) }));
  });
}

const line = ({ at, actor, actorId, action, target, data }: AuditRow): Html =>
  html`<tr><td>${moment(at)}</td><td>${actor ?? actorId ?? String(data['name'] ?? 'command line')}</td>
<td><code>${action}</code></td><td><code>${target ?? ''}</code></td>
<td class="long"><code>${Object.keys(data).length > 0 ? JSON.stringify(data) : ''}</code></td></tr>`;
