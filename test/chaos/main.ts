import { parseArgs } from 'node:util';
import { describe, failed, write } from './report.ts';
import { run } from './run.ts';

/** `npm run chaos -- --minutes N --seed S [--people P] [--overlap]`; exits with 1 after a violation. */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    people: { type: 'string', default: '80' },
    overlap: { type: 'boolean', default: false },
  },
});
const number = (name: 'minutes' | 'seed' | 'people', min: number, max: number): number => {
  const value = Number(values[name]);
  if (value >= min && value <= max) return value;
  console.error(`chaos: --${name} must be a number from ${min} to ${max}`);
  process.exit(2);
};
const minutes = number('minutes', 0.2, 240);
/** Long enough for an outage that outlasts every lease and grace. */
const LONG_MINUTES = 3;

const interrupt = new AbortController();
// The first signal ends the run in order, the second one at once; the `exit` handler kills all processes.
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => (interrupt.signal.aborted ? process.exit(130) : interrupt.abort()));

try {
  const outcome = await run({
    seed: number('seed', 0, 2 ** 31),
    people: number('people', 2, 1_000),
    seconds: minutes * 60,
    long: minutes >= LONG_MINUTES,
    overlap: values.overlap,
    signal: interrupt.signal,
    say: (line) => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`),
  });
  console.log(describe(outcome));
  console.log(`report: ${write(outcome)}`);
  process.exitCode = failed(outcome) ? 1 : 0;
} catch (error) {
  if (!interrupt.signal.aborted) throw error;
  console.error('chaos: interrupted; all its processes have stopped');
  process.exitCode = 130;
}
