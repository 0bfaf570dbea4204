import { expect } from 'chai';
import { z } from 'zod';
import type { Calls } from '../../../client/define.ts';
import { formats, orTable } from '../../../contract/answers.ts';
import { defineRoute } from '../../../contract/define.ts';

const counts = z.strictObject({ served: z.int() });
const report = defineRoute({
  method: 'get',
  path: '/v1/report',
  summary: 'Get a report',
  access: 'public',
  query: z.strictObject({ ...formats }),
  responses: {
    200: orTable(counts, {
      fileName: 'report',
      columns: ['served'],
      rows: ({ served }) => [[served]],
    }),
  },
});

describe('client: calls of a route with a table', () => {
  it('give JSON, or text for CSV: the compiler says so', async () => {
    const calls = {
      report: async (input?: { format?: string }) =>
        input?.format === 'csv' ? 'served' : { served: 1 },
    } as unknown as Calls<{ report: typeof report }>;
    const json: { served: number } = await calls.report({ format: 'json' });
    const same: { served: number } = await calls.report();
    const text: string = await calls.report({ format: 'csv' });
    expect([json, same, text]).to.deep.equal([{ served: 1 }, { served: 1 }, 'served']);
  });
});
