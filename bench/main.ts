import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { matchmaking } from './matchmaking.ts';
import { isMet, ratioOf, tableOf } from './measure/figures.ts';
import { machineText } from './measure/machine.ts';
import { buildProgram } from './measure/program.ts';
import { endAll, endOnSignals } from './measure/running.ts';
import type { Bench, Result } from './run.ts';
import { signalling } from './signalling.ts';

/** `npm run bench -- <name…> [--only part,part] [--quick] [--out folder]` */
const benches: Record<string, Bench> = { matchmaking, signalling };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
/** Quick runs say nothing about speed, so their results stay out of the repository. */
const kept = values.quick ? '../.tmp/bench' : './results';
const out = values.out ?? fileURLToPath(new URL(kept, import.meta.url));
/** The load per core before the run above which results are unreliable. */
const BUSY = 0.3;
const names = positionals.length > 0 ? positionals : Object.keys(benches);

async function run(name: string): Promise<void> {
  const bench = benches[name];
  if (!bench) throw new Error(`unknown bench ${name}; known: ${Object.keys(benches)}`);
  const only = values.only.split(',').filter(Boolean);
  const began = performance.now();
  const result = await bench({ quick: values.quick, only });
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`\n## ${name}\n\n${machineText(result.machine)}; ${seconds} s\n`);
  console.log(`${tableOf(result.figures)}\n`);
  if (result.machine.loadBefore > BUSY * result.machine.cores)
    console.log(
      '- other processes were using the CPU, so the results are worse than on an idle machine',
    );
  for (const note of result.notes) console.log(`- ${note}`);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${name}.json`), `${JSON.stringify(fileOf(name, result), null, 2)}\n`);
}

const fileOf = (name: string, { machine, figures, notes }: Result) => ({
  name,
  quick: values.quick,
  machine,
  figures: figures.map((figure) => ({ ...figure, ratio: ratioOf(figure), met: isMet(figure) })),
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
