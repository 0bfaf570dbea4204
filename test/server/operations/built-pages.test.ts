import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createBuiltPages } from '../../../server/operations/built-pages.ts';
import { documentPages } from '../../../server/operations/documents.ts';
import { useServices } from '../../support/services.ts';
import { type Ask, depsOf, serve } from '../app-under-test.ts';

describe('built pages', () => {
  const services = useServices();
  const folder = mkdtempSync(join(tmpdir(), 'foyer-pages-'));
  let ask: Ask;

  before(async () => {
    mkdirSync(join(folder, 'play/match'), { recursive: true });
    mkdirSync(join(folder, 'site/pages'), { recursive: true });
    writeFileSync(join(folder, 'play/match/index.html'), '<!doctype html><p>match');
    writeFileSync(join(folder, 'site/pages/match-1a2b.js'), 'export {};');
    writeFileSync(join(folder, 'secret.txt'), 'no');
    const built = createBuiltPages(folder);
    const deps = depsOf(services);
    const pages = [documentPages(deps.config, built.tries), built.mount];
    ask = await serve(deps, [], { pages });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('serves a page at its path, revalidated each time, under the strict policy', async () => {
    const { status, headers, text } = await ask('GET', '/play/match');
    expect(status).to.equal(200);
    expect(text).to.contain('match');
    expect(headers.get('content-type')).to.equal('text/html; charset=utf-8');
    expect(headers.get('cache-control')).to.equal('no-cache');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).to.contain("script-src 'self';").and.contain("style-src 'self';");
    expect(policy).not.to.contain('unsafe');
    expect(headers.get('permissions-policy')).to.contain('microphone=(self)');
  });

  it('lets what is named by its content be kept for ever', async () => {
    const { headers } = await ask('GET', '/site/pages/match-1a2b.js');
    expect(headers.get('content-type')).to.match(/^text\/javascript/);
    expect(headers.get('cache-control')).to.equal('public, max-age=31536000, immutable');
  });

  it('serves nothing else of the folder', async () => {
    for (const path of ['/secret.txt', '/play', '/site/pages/', '/site/pages/../../secret.txt'])
      expect((await ask('GET', path)).status, path).to.equal(404);
  });

  it('shows on the home page what there is to try', async () => {
    expect((await ask('GET', '/')).text).to.contain('href="/play/match"');
    expect(createBuiltPages(join(folder, 'site')).tries).to.deep.equal([]);
  });
});
