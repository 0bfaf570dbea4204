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

  const page = (name: string, rules: object, text: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'index.html'), `<!doctype html><p>${text}`);
    writeFileSync(join(folder, name, 'page.json'), JSON.stringify(rules));
  };
  before(async () => {
    mkdirSync(join(folder, 'site/pages'), { recursive: true });
    page('play/match', { home: { title: 'Find a partner', text: 'In two tabs.' } }, 'match');
    page('board', { path: '/board/{queueId}' }, 'a board');
    page('all-boards', { path: '/board/all' }, 'all boards');
    page('overlay', { path: '/overlay/{overlayId}', frameable: true }, 'an overlay');
    writeFileSync(join(folder, 'site/pages/match-1a2b.js'), 'export {};');
    writeFileSync(join(folder, 'secret.txt'), 'no');
    const deps = depsOf(services);
    const built = createBuiltPages(deps.config, folder);
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
    for (const path of [
      '/secret.txt',
      '/board',
      '/board/',
      '/board/1/2',
      '/board/page.json/x',
      '/play',
      '/site/pages/',
      '/site/pages/../../secret.txt',
    ])
      expect((await ask('GET', path)).status, path).to.equal(404);
  });

  it('shows on the home page what there is to try', async () => {
    expect((await ask('GET', '/')).text).to.contain('href="/play/match"');
    expect(createBuiltPages(services.config(), join(folder, 'site')).tries).to.deep.equal([]);
  });

  it('serves a page with a parameter for every value, and a fixed path first', async () => {
    for (const value of [
      '7',
      '1,2',
      'page.json',
      '%E0%A4%A',
      '%2F..%2F',
      'a b'.replace(' ', '%20'),
    ]) {
      const { status, text } = await ask('GET', `/board/${value}`);
      expect([status, text], value).to.deep.equal([200, '<!doctype html><p>a board']);
    }
    expect((await ask('GET', '/board/all')).text).to.contain('all boards');
  });

  it('lets other sites show a page in a frame only where it says so', async () => {
    const overlay = await ask('GET', '/overlay/nobody-knows');
    expect(overlay.status).to.equal(200);
    expect(overlay.headers.get('x-frame-options')).to.equal(null);
    const policy = overlay.headers.get('content-security-policy') ?? '';
    expect(policy).to.contain('frame-ancestors *').and.contain("script-src 'self'");
    const board = await ask('GET', '/board/7');
    expect(board.headers.get('x-frame-options')).to.equal('SAMEORIGIN');
    expect(board.headers.get('content-security-policy')).to.contain("frame-ancestors 'none'");
  });

  it('refuses to start with a rule that it does not know, and names the page', () => {
    const other = mkdtempSync(join(tmpdir(), 'foyer-pages-'));
    try {
      mkdirSync(join(other, 'x'));
      writeFileSync(join(other, 'x/index.html'), '');
      writeFileSync(join(other, 'x/page.json'), '{"framable":true}');
      expect(() => createBuiltPages(services.config(), other)).to.throw(/x\/page\.json.*framable/s);
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });
});
