import { openRawSocket, type RawSocket } from '../measure/raw-socket.ts';
import type { FromGenerator, Task } from './generator-messages.ts';
import { startTalk, type Talk } from './talk.ts';

/** The load generator: a separate process, controlled by its parent. */

const AT_ONCE = 40;
const send = (message: FromGenerator) => process.send?.(message);

async function connectAll({ pairs }: Task, talk: Talk): Promise<RawSocket[]> {
  const sides = pairs.flatMap((pair) => pair.sides);
  const sockets: RawSocket[] = [];
  const left = sides.entries();
  const connectSome = async () => {
    for (const [place, { port, token }] of left) {
      const onPacket = (packet: string) => talk.onPacket(place, packet);
      sockets[place] = await openRawSocket({ port, auth: { token }, onPacket });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, connectSome));
  return sockets;
}

process.once('message', async (task: Task) => {
  const talk = startTalk(task, () => send({ kind: 'measuring' }));
  const sockets = await connectAll(task, talk);
  send({ kind: 'connected' });
  process.once('message', async () => send(await talk.run(sockets)));
});
