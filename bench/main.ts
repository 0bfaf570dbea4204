import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findSubjects, partsOf } from './find-subjects.ts';
import { machineText } from './measure/machine.ts';
import { isMet, ratioOf, tableOf } from './measure/measurements.ts';
import { buildProgram } from './measure/program.ts';
import { endAll, endOnSignals } from './measure/running.ts';
import { runSubject } from './run-subject.ts';
import type { Result } from './subject.ts';

/** `npm run bench -- <name…> [--only part,part] [--quick] [--out folder]` */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
/** Quick measurements say nothing about speed and stay out of the repository. */
const kept = values.quick ? '../.tmp/bench' : './results';
const out = values.out ?? fileURLToPath(new URL(kept, import.meta.url));
/** Load a core, before the run, from which on measurements are not worth keeping. */
const BUSY = 0.3;
const names = positionals.length > 0 ? positionals : findSubjects();

async function run(name: string): Promise<void> {
  const parts = await partsOf(name);
  const only = values.only.split(',').filter(Boolean);
  const began = performance.now();
  const result = await runSubject(parts, { quick: values.quick, only });
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`\n## ${name}\n\n${machineText(result.machine)}; ${seconds} s\n`);
  console.log(`${tableOf(result.measurements)}\n`);
  if (result.machine.loadBefore > BUSY * result.machine.cores)
    console.log(
      '- others were using the cores: measurements are worse than on a machine of its own',
    );
  for (const note of result.notes) console.log(`- ${note}`);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${name}.json`), `${JSON.stringify(fileOf(name, result), null, 2)}\n`);
}

const fileOf = (name: string, { machine, measurements, notes }: Result) => ({
  name,
  quick: values.quick,
  machine,
  measurements: measurements.map((measurement) => ({
    ...measurement,
    ratio: ratioOf(measurement),
    met: isMet(measurement),
  })),
  notes,
});

endOnSignals();
try {
  buildProgram();
  for (const name of names) await run(name);
} catch (error) {
  console.error(`bench: ${(error as Error).stack}`);
  process.exitCode = 1;
} finally {
  await endAll();
  // Open handles of a failed part must not keep the process alive.
  process.exit();
}
