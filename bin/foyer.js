#!/usr/bin/env node
import { build } from './build.js';
import { checkNode, installPackages } from './install.js';

/** The entry point. On a fresh clone it first installs packages and builds. */
try {
  checkNode();
  await installPackages();
  await build();
} catch (error) {
  console.error(`foyer: ${error.message}`);
  process.exit(1);
}
await import('../dist/cli/main.js');
