import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../dashboards/pages/', import.meta.url));

/**
 * Bundles every page of `dashboards/pages/` that has an index.html into the given folder: the HTML at
 * the path of its folder, with its page.json, and its assets in `site/pages/` with a content hash in
 * their names.
 */
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('node bin/build-pages.js <folder>');
const pages = readdirSync(root, { recursive: true }).filter((name) => name.endsWith('index.html'));
await build({
  configFile: false,
  root,
  logLevel: 'warn',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: folder,
    emptyOutDir: true,
    assetsDir: 'site/pages',
    // Inlined assets need `data:` URLs, which the content security policy does not allow.
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
    sourcemap: false,
    target: 'es2022',
    rolldownOptions: {
      input: Object.fromEntries(
        pages.map((page) => [dirname(page).replaceAll('/', '-'), join(root, page)]),
      ),
    },
  },
});
for (const page of pages.map(dirname)) {
  const rules = join(root, page, 'page.json');
  if (existsSync(rules)) copyFileSync(rules, join(folder, page, 'page.json'));
}
