import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { domains } from '../../dashboards/domains.ts';
import { openPanels } from '../../dashboards/overview/panels.ts';
import type { Panel } from '../../dashboards/panel.ts';
import { useServices } from '../support/services.ts';
import { useAdmin } from './admin-under-test.ts';

const root = new URL('../../dashboards/', import.meta.url);

describe('admin: panels', () => {
  const services = useServices();
  const admin = useAdmin(services);

  it('are known to the list alone: no other file of the shell names a domain', () => {
    // Operators sign in with accounts and the audit log is theirs.
    const names = domains.map(({ name }) => name).filter((name) => name !== 'accounts');
    const files = ['./', './overview/', './board/', './failed-jobs/', './pages/'].flatMap(
      (folder) =>
        readdirSync(new URL(folder, root))
          .filter((name) => /\.(ts|js)$/.test(name))
          .map((name) => folder + name),
    );
    const naming = files.filter((file) => {
      const text = readFileSync(new URL(file, root), 'utf8');
      return names.some((name) => text.includes(name));
    });
    expect(naming).to.deep.equal(['./domains.ts']);
  });

  it('have each a script of their name, which the overview page may load', async () => {
    for (const { name } of domains) {
      const reply = await admin.visitor().get(`/admin/assets/panels/${name}.js`);
      expect(reply.status, name).to.equal(200);
      expect(reply.headers.get('content-type')).to.contain('javascript');
      expect(reply.headers.get('content-security-policy')).to.contain("script-src 'self'");
      const script = await import(new URL(`pages/panels/${name}.js`, root).href);
      const shown = [script.tiles, script.charts, script.sections].filter(Boolean);
      expect(shown, `${name} shows something`).to.not.deep.equal([]);
    }
  });

  it('draw charts with a library that comes from this host', async () => {
    for (const [name, type] of [
      ['uplot.js', 'javascript'],
      ['uplot.css', 'text/css'],
    ]) {
      const reply = await admin.visitor().get(`/admin/assets/${name}`);
      expect(reply.status, name).to.equal(200);
      expect(reply.headers.get('content-type')).to.contain(type);
    }
  });

  it('are null while their store is unavailable, and do not affect other parts', async () => {
    const panel = (name: string, data: () => Promise<number>): Panel<string, unknown> => ({
      name,
      createReader: () => data,
      problems: (value) => [{ level: 'warn', text: `${name} has ${value}` }],
    });
    const read = openPanels(
      [panel('there', async () => 7), panel('away', () => Promise.reject(new Error('away')))],
      { config: services.config(), db: services.db, redis: services.redis },
      (_, ask) => ask().catch(() => null),
    );
    expect(await read()).to.deep.equal({
      data: { there: 7, away: null },
      problems: [{ level: 'warn', text: 'there has 7' }],
    });
  });
});
