import { atPace, ownCores } from '../measure/pace.ts';
import { spreadOf } from '../measure/percentiles.ts';
import type { RawSocket } from '../measure/raw-socket.ts';
import type { Load, Task } from './generator-messages.ts';

/** Emits and waits for the ack on all sockets in turn: the latency of socket.io alone. */
export function startEcho(task: Task, onMeasuring: () => void): Load {
  const sent = new Map<number, number>();
  const round: number[] = [];
  let next = 0;
  let isWarm = false;
  return {
    onPacket(_place, packet) {
      const id = Number(/^3(\d+)\[/.exec(packet)?.[1]);
      const at = sent.get(id);
      sent.delete(id);
      if (at !== undefined && isWarm) round.push(performance.now() - at);
    },
    async run(sockets: RawSocket[]) {
      let cores = ownCores();
      await atPace(
        task,
        () => {
          next += 1;
          sent.set(next, performance.now());
          sockets[next % sockets.length]?.send(
            `2${next}["echo",{"native":["es"],"practice":["en"]}]`,
          );
        },
        () => {
          isWarm = true;
          cores = ownCores();
          onMeasuring();
        },
      );
      const none = spreadOf([]);
      return {
        kind: 'report',
        found: none,
        ack: spreadOf(round),
        joins: next,
        matches: 0,
        starved: 0,
        stillWaiting: 0,
        errors: {},
        cores: cores(),
      };
    },
  };
}
