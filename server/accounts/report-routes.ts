import * as contract from '../../contract/accounts.ts';
import { id } from '../../contract/fields.ts';
import { addReport, changeReport, listReports } from '../../db/accounts/reports.ts';
import { type MountedRoute, mount } from '../routes/route.ts';
import { decodeCursor, pageOf } from './cursor.ts';

/** The routes of reports. */
export const reportRoutes = (): MountedRoute[] => [
  mount(contract.reportUser, async ({ caller, body, db }) => ({
    status: 201,
    body: await addReport(db, { reporterId: caller.userId, ...body }),
  })),

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
