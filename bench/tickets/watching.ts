import { setTimeout as sleep } from 'node:timers/promises';
import { atPace, ownCores } from '../measure/pace.ts';
import { spreadOf } from '../measure/percentiles.ts';
import { openRawHttp } from '../measure/raw-http.ts';
import { openRawSocket } from '../measure/raw-socket.ts';
import type { Load, WatchTask } from './generator-messages.ts';

/** The server takes connections in turns. */
const AT_ONCE = 40;
/** Time for the boards of the last changes. */
const LAST_BOARDS_MS = 1_000;
const WAITING = /"waiting":(\d+)/;

/** Displays of one board. The number of people who wait says which changes a board includes. */
export async function openWatching(task: WatchTask): Promise<Load> {
  const { ports, queueId, watchers, perSecond, warmUpSeconds, seconds } = task;
  const http = await openRawHttp(ports[0] ?? 0);
  /** When the nth change was asked for. */
  const askedAt: number[] = [];
  const shown: number[] = [];
  let samples: number[] = [];
  let warmFrom = 0;

  function onPacket(display: number, packet: string): void {
    const now = performance.now();
    const waiting = Number(WAITING.exec(packet)?.[1] ?? Number.NaN);
    if (Number.isNaN(waiting)) return;
    const upTo = Math.min(waiting, askedAt.length);
    for (let change = shown[display] ?? 0; change < upTo; change += 1)
      if (change >= warmFrom) samples.push(now - (askedAt[change] ?? now));
    shown[display] = Math.max(shown[display] ?? 0, upTo);
  }
  async function open(display: number): Promise<void> {
    const port = ports[display % ports.length] ?? 0;
    let acknowledged = () => {};
    const isWatching = new Promise<void>((resolve) => {
      acknowledged = resolve;
    });
    const socket = await openRawSocket({
      ...{ port, auth: {}, namespace: '/public' },
      onPacket: (packet) => {
        if (packet.startsWith('3/public,')) acknowledged();
        else onPacket(display, packet);
      },
    });
    socket.send(`2/public,1["board:watch",{"queueId":"${queueId}"}]`);
    await isWatching;
  }
  let next = 0;
  const openSome = async () => {
    for (let display = next++; display < watchers; display = next++) await open(display);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, openSome));

  let asking = Promise.resolve();
  /** One after the other, so that the nth ticket is the nth change. */
  const change = () => {
    asking = asking.then(async () => {
      askedAt.push(performance.now());
      const { status } = await http.post(`/v1/queues/${queueId}/tickets`, '', '{}');
      if (status !== 201) throw new Error(`a ticket was answered with ${status}`);
    });
  };
  return {
    watchers,
    async run(onWarm) {
      let cores = () => 0;
      await atPace({ perSecond, warmUpSeconds, seconds }, change, () => {
        warmFrom = askedAt.length;
        samples = [];
        cores = ownCores();
        onWarm();
      });
      const used = cores();
      await asking;
      await sleep(LAST_BOARDS_MS);
      const changes = askedAt.length - warmFrom;
      const missed = changes * watchers - samples.length;
      return { kind: 'watched', changes, latency: spreadOf(samples), missed, cores: used };
    },
  };
}
