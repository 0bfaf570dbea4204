import type { Report } from '../../contract/accounts.ts';
import * as contract from '../../contract/accounts.ts';
import { id } from '../../contract/fields.ts';
import { changeReport, listReports, reportCommand } from '../../db/accounts/reports.ts';
import { runCommand } from '../../db/write/run-command.ts';
import { reportEvents } from '../../effects/accounts/events.ts';
import { decodeCursor, pageOf } from '../routes/cursor.ts';
import { type MountedRoute, mount } from '../routes/route.ts';
import { jsonAnswer, rendering } from '../routes/stored-answer.ts';

const renderReport = rendering((report: Report) => jsonAnswer(201, report));

/** The routes of reports. */
export const reportRoutes = (): MountedRoute[] => [
  mount(contract.reportUser, ({ caller, body, db, key, requestId }) =>
    runCommand(
      { reporterId: caller.userId, ...body },
      { db, command: reportCommand, render: renderReport, eventsOf: reportEvents, key, requestId },
    ),
  ),

  mount(contract.listReports, async ({ query: { state, cursor, limit }, db }) => {
    const rows = await listReports(db, {
      state,
      before: decodeCursor(cursor, id),
      limit: limit + 1,
    });
    return { status: 200, body: pageOf(rows, limit, (report) => report.id) };
  }),

  mount(contract.changeReport, async ({ caller, params, body, db }) => ({
    status: 200,
    body: await changeReport(db, { id: params.id, state: body.state, actorId: caller.userId }),
  })),
];
