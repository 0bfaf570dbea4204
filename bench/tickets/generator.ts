import type { FromGenerator, Task } from './generator-messages.ts';
import { openServing } from './serving.ts';
import { openWatching } from './watching.ts';

/** The load generator: a separate process, controlled by its parent. */

const send = (message: FromGenerator) => process.send?.(message);

process.once('message', async (task: Task) => {
  const load = task.mode === 'watch' ? await openWatching(task) : await openServing(task);
  send({ kind: 'connected', watchers: load.watchers });
  process.once('message', async () => send(await load.run(() => send({ kind: 'measuring' }))));
});
