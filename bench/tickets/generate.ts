import { type CpuUse, countCpu } from '../measure/cpu.ts';
import { nextMessage, startChild } from '../measure/program.ts';
import type { FromGenerator, Task } from './generator-messages.ts';

type Of<Kind> = Extract<FromGenerator, { kind: Kind }>;

/** One run of a generator in a separate process. `cpu` is of the time after the warm-up. */
export async function generate<Kind extends 'served' | 'watched'>(
  task: Task,
  kind: Kind,
  pids: Readonly<Record<string, number>>,
  onWarm: () => Promise<void> = async () => {},
): Promise<{ report: Of<Kind>; used: CpuUse }> {
  const { child, stop } = startChild(new URL('./generator.ts', import.meta.url));
  const connected = nextMessage<FromGenerator>(child, 'connected');
  child.send(task);
  await connected;
  const measuring = nextMessage<FromGenerator>(child, 'measuring');
  const reported = nextMessage<Of<Kind>>(child, kind as Of<Kind>['kind']);
  child.send('go');
  await measuring;
  const cpu = countCpu({ ...pids, generator: child.pid ?? 0 });
  await onWarm();
  const report = await reported;
  const used = cpu();
  await stop();
  return { report, used };
}
