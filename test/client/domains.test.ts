import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createClient } from '../../client/create-client.ts';
import { domains } from '../../client/domains.ts';
import { commands } from '../../contract/catalogue.ts';
import { request, tokens } from './fixtures.ts';
import { startHttp } from './http-server.ts';

const folder = new URL('../../client/', import.meta.url);

describe('client: domains', () => {
  it('are known to the list alone: no other file of the shell names one or its events', () => {
    // Signing in is the client's own, so that accounts may be named.
    const names = domains.map(({ name }) => name).filter((name) => name !== 'accounts');
    const words = [...names, ...commands.map(({ event }) => event)];
    const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
    const naming = files
      .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))
      .filter(({ text }) => words.some((word) => text.includes(word)));
    expect(naming.map(({ name }) => name)).to.deep.equal(['domains.ts']);
  });

  it('forget everything when another person signs in or this one signs out', async () => {
    const other = { ...tokens('two'), user: { ...tokens('two').user, id: request(9).id } };
    const server = await startHttp(({ url }) => {
      if (url === '/v1/auth/guest') return { body: other };
      return url === '/v1/auth/logout' ? { status: 204 } : { status: 201, body: request(1) };
    });
    const client = createClient({ baseUrl: server.url, tokens: tokens('one') });
    try {
      await client.http.join({ native: ['es'], practice: ['en'] });
      expect(client.matchmaking.state.matchRequest?.id).to.equal(request(1).id);
      await client.http.guest();
      expect(client.matchmaking.state.matchRequest).to.equal(null);
      await client.http.join({ native: ['es'], practice: ['en'] });
      await client.logout();
      expect(client.matchmaking.state.matchRequest).to.equal(null);
    } finally {
      client.close();
      await server.close();
    }
  });
});
