import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';
import sinon from 'sinon';
import { bounds } from '../../config.ts';
import { RETRY_SECONDS } from '../../db/integrations/retry-plan.ts';
import { payloadOf } from '../../workers/integrations/send-delivery.ts';
import { signedHeaders } from '../../workers/integrations/sign.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const guide = readFileSync(join(root, 'docs/webhooks.md'), 'utf8');
const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

/** Runs the program of docs/webhooks.md as a stranger would. */
describe('the guide for receivers of webhooks', () => {
  let folder: string;
  let server: Server;
  const said: unknown[][] = [];

  before(async () => {
    // Inside the tree, where the library is found.
    mkdirSync(join(root, '.tmp'), { recursive: true });
    folder = mkdtempSync(join(root, '.tmp/guide-'));
    const [, program = ''] = /```js\n([\s\S]+?)```/.exec(guide) ?? [];
    const file = join(folder, 'receiver.mjs');
    writeFileSync(
      file,
      program
        .replace('createServer(async', 'export const server = createServer(async')
        .replace('.listen(3000)', ".listen(0, '127.0.0.1')"),
    );
    sinon.stub(process, 'env').value({ ...process.env, FOYER_SECRET: SECRET });
    sinon.stub(console, 'log').callsFake((...words) => void said.push(words));
    ({ server } = await import(pathToFileURL(file).href));
    if (!server.listening) await once(server, 'listening');
  });
  after(() => {
    sinon.restore();
    server?.closeAllConnections();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const send = async (secret: string) => {
    const created_at = new Date();
    const body = payloadOf({ type: 'session.completed', created_at, data: '{"version":5}' });
    const seconds = Math.floor(created_at.getTime() / 1000);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const headers = signedHeaders('event-1', seconds, body, [secret]);
    return (await fetch(url, { method: 'POST', body, headers })).status;
  };

  it('has a receiver that takes our requests, and no others', async () => {
    expect(await send(SECRET)).to.equal(204);
    expect(said).to.deep.equal([['event-1', 'session.completed', { version: 5 }]]);
    expect(await send(`whsec_${Buffer.alloc(32, 4).toString('base64')}`)).to.equal(400);
    expect(said).to.have.length(1);
  });

  it('names the times of the retries and the bounds', () => {
    const [, retries = ''] =
      /is tried ten times over about three days: after (.+?)\. Then/s.exec(guide) ?? [];
    const unit = { s: 1, min: 60, h: 3600 } as Record<string, number>;
    const waits = [...retries.matchAll(/(\d+)\s(s|min|h)\b/g)];
    expect(waits.map(([, count, of = '']) => Number(count) * (unit[of] ?? 0))).to.deep.equal(
      RETRY_SECONDS,
    );
    const words = guide.replaceAll(/\s+/g, ' ');
    expect(words).to.contain(`at most ${bounds.webhookSubscriptions} subscriptions`);
    expect(words).to.contain(`more than ${bounds.webhookPending.toLocaleString('en')} deliveries`);
    expect(words).to.contain(`no answer in ${bounds.webhookTimeoutSeconds} s`);
    expect(words).to.contain(`kept for ${bounds.retention.webhookDays} days`);
  });
});
