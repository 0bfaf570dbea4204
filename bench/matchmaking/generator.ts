import { openRawSocket, type RawSocket } from '../measure/raw-socket.ts';
import { startCycle } from './cycle.ts';
import { startEcho } from './echo.ts';
import type { FromGenerator, Load, Task } from './generator-messages.ts';

/** The load generator: a separate process, controlled by its parent. */

const AT_ONCE = 40;

const send = (message: FromGenerator) => process.send?.(message);
const loads = { cycle: startCycle, echo: startEcho, hold: () => holding };
const holding: Load = { onPacket: () => {}, run: async () => undefined };

async function connectAll({ tokens, ports }: Task, load: Load): Promise<RawSocket[]> {
  const sockets: RawSocket[] = [];
  let next = 0;
  const connectSome = async () => {
    for (let at = next++; at < tokens.length; at = next++) {
      sockets[at] = await openRawSocket({
        port: ports[at % ports.length] ?? 0,
        auth: { token: tokens[at] },
        onPacket: (packet) => load.onPacket(at, packet),
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, connectSome));
  return sockets;
}

process.once('message', async (task: Task) => {
  const load = loads[task.mode](task, () => send({ kind: 'measuring' }));
  const sockets = await connectAll(task, load);
  send({ kind: 'connected' });
  process.once('message', async () => {
    const result = await load.run(sockets);
    if (result) send(result);
  });
});
