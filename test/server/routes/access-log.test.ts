import { expect } from 'chai';
import { pino } from 'pino';
import { z } from 'zod';
import { defineRoute } from '../../../contract/define.ts';
import { mount } from '../../../server/routes/route.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { depsOf, serve, tokenOf } from '../app-under-test.ts';

describe('the access log', () => {
  const services = useServices();
  const route = defineRoute({
    method: 'post',
    path: '/v1/notes/{id}',
    summary: '-',
    access: 'user',
    params: z.strictObject({ id: z.string() }),
    body: z.strictObject({ text: z.string() }),
    responses: { 200: z.strictObject({}) },
  });

  it('has one line a request, with its template and person, and nothing that was said', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
    const ask = await serve(depsOf(services, { deps: { log } }), [
      mount(route, async () => ({ status: 200, body: {} })),
    ]);
    const userId = '018f3c4e-0000-7000-8000-000000000009';
    await ask('POST', '/v1/notes/7?q=whisper', {
      token: tokenOf('user', userId),
      body: { text: 'whisper' },
      headers: { 'x-request-id': 'r-1' },
    });
    await ask('POST', '/v1/notes/8', { body: { text: 'whisper' } });
    await waitFor(() => lines.length === 2);
    const [known, unknown] = lines.map((line) => JSON.parse(line));
    expect(known).to.include({ request_id: 'r-1', user_id: userId, method: 'POST', status: 200 });
    expect(known.route).to.equal('/v1/notes/{id}');
    expect(known.ms).to.be.a('number');
    expect(unknown).to.include({ status: 401, route: '/v1/notes/{id}' });
    expect(lines.join()).not.to.match(/whisper|user\.018f|Bearer/);
  });
});
