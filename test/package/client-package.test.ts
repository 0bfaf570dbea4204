import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { collectComplaints } from '../e2e/complaints.ts';
import { useFleet } from '../support/fleet.ts';
import { CALL_FLAGS, openChromium } from '../support/machine/chromium.ts';
import { examples, withServer } from './document.ts';
import { makeOutsider, type Outsider, pack, packClient, tool } from './outsider.ts';
import { type PageServer, startPages } from './page-server.ts';

/** npm, a compiler, a bundler and a browser share the cores with other programs. */
const PATIENCE_MS = 120_000;
/** The limit of a compressed page that uses `createPublicClient`. */
const MOST_PUBLIC_BYTES = 20 * 1024;

const compilerOptions = {
  ...{ target: 'es2023', lib: ['es2023', 'dom', 'dom.iterable'], types: [], noEmit: true },
  ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
  // Checks the declarations of the package too.
  skipLibCheck: false,
};
/** The two module resolutions with which a project finds the types of a package. */
const RESOLUTIONS = [
  { module: 'esnext', moduleResolution: 'bundler' },
  { module: 'nodenext', moduleResolution: 'nodenext' },
];

describe('the package', function () {
  this.timeout(PATIENCE_MS);
  const fleet = useFleet({ servers: 0, workers: 1 });
  const outsiders: Outsider[] = [];
  let project: Outsider;
  let pages: PageServer;
  let url: string;

  before('an empty project with the packed package', async function () {
    this.timeout(2 * PATIENCE_MS);
    project = outsider();
    await project.install(await pack(project.folder));
    pages = await startPages();
    url = (await fleet.start('server', { CORS_ORIGINS: pages.url })).url;
  });
  after(async () => {
    await pages?.close();
    for (const each of outsiders) each.remove();
  });

  function outsider(): Outsider {
    const made = makeOutsider();
    outsiders.push(made);
    return made;
  }

  async function typesHold(at: Outsider): Promise<void> {
    const programs = examples('ts').map((code, n) => [`examples/${n}.ts`, code] as const);
    at.write(Object.fromEntries(programs));
    at.write({ 'wrong/wrong.ts': wrong });
    for (const [n, resolution] of RESOLUTIONS.entries()) {
      const file = `tsconfig.${n}.json`;
      const options = { ...compilerOptions, ...resolution };
      at.write({
        [file]: JSON.stringify({ compilerOptions: options, include: ['examples', 'wrong'] }),
      });
      await at.node(tool('typescript/bin/tsc'), '-p', file);
    }
  }

  async function bundle(name: string, files: Record<string, string>): Promise<string> {
    project.write(
      Object.fromEntries(Object.entries(files).map(([file, text]) => [`${name}/${file}`, text])),
    );
    await project.node(tool('vite/bin/vite.js'), 'build', name, '--logLevel', 'warn');
    return join(project.folder, name, 'dist');
  }

  it('type-checks every example of docs/client.md, with the declarations that it brings', () =>
    typesHold(project));

  it('names files in its declarations that it has', () => {
    const root = join(project.folder, 'node_modules/foyer/dist');
    const declarations = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.d.ts'),
    );
    const missing = declarations.flatMap((name) => {
      const text = readFileSync(join(root, name), 'utf8');
      const named = [...text.matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g)];
      const files = named.map(([, path = '']) => join(root, dirname(name), path));
      return files.filter((file) => !file.endsWith('.js') || !existsSync(file));
    });
    expect(declarations).to.include('client/exports.d.ts');
    expect(missing).to.deep.equal([]);
  });

  it('is the command line too', async () => {
    expect(await project.node('node_modules/foyer/bin/foyer.js', '--help')).to.match(
      /^Usage: foyer/,
    );
  });

  it('can be packed without the server, with the same imports', async () => {
    const light = outsider();
    await light.install(await packClient(light.folder));
    await typesHold(light);
    const installed = readdirSync(join(light.folder, 'node_modules'));
    expect(installed).to.include.members(['foyer', 'socket.io-client', 'zod']);
    expect(installed).to.not.include.members(['express', 'knex', 'bullmq']);
    light.write({
      'program.js': "import 'foyer/client/public';\nimport 'foyer/client/matchmaking';",
    });
    await light.node('program.js');
  });

  it('runs in Node: a guest joins, gets pushes of its request, and the program ends', async () => {
    const [program = ''] = examples('js');
    project.write({ 'program.js': withServer(program, url) });
    expect(await project.node('program.js')).to.equal('waiting\ncancelled\n');
  });

  it('is small for a page without an account, and brings it no schema', async () => {
    const [program = ''] = examples('ts').filter((code) => code.includes('createPublicClient'));
    const folder = await bundle('overlay', {
      'index.html': '<script type="module" src="/main.ts"></script>',
      'main.ts': program,
    });
    const [code = ''] = scriptsOf(folder);
    expect(gzipSync(code).length).to.be.below(MOST_PUBLIC_BYTES);
    expect(code).to.not.match(/\bzod\b|RTCPeerConnection|match:state/i);
  });

  it('connects two tabs in a call with the page of docs/client.md', async () => {
    const [html = ''] = examples('html');
    const [program = ''] = examples('ts');
    expect(program.trim().split('\n'), 'twenty lines').to.have.length.at.most(20);
    pages.serve(await bundle('call', { 'index.html': html, 'main.ts': withServer(program, url) }));
    const browser = await openChromium(CALL_FLAGS);
    try {
      await call(browser, pages.url);
    } finally {
      await browser.close();
    }
  });
});

/** Code that must not compile: it would, if a type of the package were `any`. */
const wrong = `import { createClient } from 'foyer/client';
const client = createClient({ baseUrl: '' });
// @ts-expect-error a list of codes
client.http.join({ native: 'en', practice: ['es'] });
// @ts-expect-error no such event
client.emit('match:joined', {});
// @ts-expect-error no such field
client.matchmaking.onMatch((session) => session.partner);
`;

const scriptsOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));

async function call(browser: Browser, url: string): Promise<void> {
  const open = async (native: string) => {
    const page = await (await browser.newContext()).newPage();
    // A client whose first state comes late asks for it: nothing is there yet, and the browser reports that.
    const complaints = collectComplaints(page, (_, at) => at.endsWith('/current'));
    await page.goto(`${url}/?native=${native}`);
    return { page, complaints };
  };
  const shows = (page: Page, text: string) =>
    page.locator('p', { hasText: text }).waitFor({ timeout: PATIENCE_MS / 2 });
  const ana = await open('en');
  const bob = await open('es');
  await Promise.all([shows(ana.page, 'connected'), shows(bob.page, 'connected')]);
  for (const { page } of [ana, bob])
    await page.waitForFunction(() => {
      const audio = document.querySelector('audio');
      return audio?.srcObject !== null && !audio?.paused;
    });
  await ana.page.click('button');
  await Promise.all([shows(ana.page, 'ended'), shows(bob.page, 'ended')]);
  expect([ana, bob].flatMap(({ complaints }) => complaints.texts)).to.deep.equal([]);
}
