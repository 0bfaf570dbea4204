#!/usr/bin/env node
import { build } from './build.js';
import { checkNode, installPackages } from './install.js';

/** The one command: on a fresh clone it installs and builds first, later it finds both done. */
try {
  checkNode();
  await installPackages();
  await build();
} catch (error) {
  console.error(`foyer: ${error.message}`);
  process.exit(1);
}
await import('../dist/cli/main.js');
