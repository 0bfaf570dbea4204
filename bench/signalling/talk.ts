import { setTimeout as sleep } from 'node:timers/promises';
import { atPace, ownCores } from '../measure/pace.ts';
import { spreadOf } from '../measure/percentiles.ts';
import type { RawSocket } from '../measure/raw-socket.ts';
import type { Report, Task } from './generator-messages.ts';

/** How long to wait for the last signals. */
const LAST_MS = 1_000;
/** A candidate like those of browsers, with a number in place of its name. */
const LINE =
  'candidate:842163049 1 udp 1677729535 203.0.113.7 45664 typ srflx raddr 10.0.0.5 rport 45664 generation 0 ufrag';

export interface Talk {
  /** A packet for the person with this index. The people of pair `n` have `2n` and `2n + 1`. */
  onPacket(place: number, packet: string): void;
  run(sockets: readonly RawSocket[]): Promise<Report>;
}

/** Everyone sends candidates to their partner. Both ends are in this process and share a clock. */
export function startTalk(task: Task, onMeasuring: () => void): Talk {
  const sentAt = new Map<number, number>();
  const ackDue = new Map<number, number>();
  const latest = new Map<number, number>();
  const heard: number[] = [];
  const acks: number[] = [];
  const errors: Record<string, number> = {};
  const counts = { sent: 0, disordered: 0 };
  const places = task.pairs.length * 2;
  let sockets: readonly RawSocket[] = [];
  const during = { isWarm: false, isOver: false };

  function send(place: number): void {
    counts.sent += 1;
    const number = counts.sent;
    const now = performance.now();
    sentAt.set(number, now);
    ackDue.set(number, now);
    sockets[place]?.send(packetOf(task, place, number));
  }
  function onHeard(place: number, number: number): void {
    const at = sentAt.get(number);
    if (at === undefined) return;
    sentAt.delete(number);
    if (number < (latest.get(place) ?? 0)) counts.disordered += 1;
    latest.set(place, number);
    if (during.isWarm && !during.isOver) heard.push(performance.now() - at);
    if (task.perSecond === null && !during.isOver) send(place ^ 1);
  }
  function onAck(number: number, packet: string): void {
    const at = ackDue.get(number);
    ackDue.delete(number);
    if (at !== undefined && during.isWarm && !during.isOver) acks.push(performance.now() - at);
    const code = /"code":"([^"]+)"/.exec(packet)?.[1];
    if (code) errors[code] = (errors[code] ?? 0) + 1;
  }

  return {
    onPacket(place, packet) {
      const ack = /^3(\d+)\[/.exec(packet)?.[1];
      if (ack) return onAck(Number(ack), packet);
      const number = /ufrag (\d+)"/.exec(packet)?.[1];
      if (number) onHeard(place, Number(number));
    },
    async run(opened) {
      sockets = opened;
      let cores = ownCores();
      const onWarm = () => {
        during.isWarm = true;
        cores = ownCores();
        onMeasuring();
      };
      let next = 0;
      // Without a rate, everyone starts once, and the timer only measures the duration.
      if (task.perSecond === null) for (let place = 0; place < places; place += 1) send(place);
      const act = () => (task.perSecond === null ? undefined : send(next++ % places));
      await atPace({ ...task, perSecond: task.perSecond ?? 1 }, act, onWarm);
      during.isOver = true;
      const used = cores();
      await sleep(LAST_MS);
      return {
        kind: 'report',
        heard: spreadOf(heard),
        ack: spreadOf(acks),
        sent: counts.sent,
        lost: sentAt.size,
        disordered: counts.disordered,
        errors,
        cores: used,
      };
    },
  };
}

function packetOf({ to, pairs }: Task, place: number, number: number): string {
  const pair = pairs[place >> 1];
  const candidate = `{"candidate":"${LINE} ${number}","sdpMid":"0","sdpMLineIndex":0}`;
  if (to === 'ours')
    return `2${number}["session:signal",{"sessionId":"${pair?.sessionId}","candidate":${candidate}}]`;
  const partner = pair?.sides[(place & 1) ^ 1]?.userId;
  return `2${number}["relay",{"to":"${partner}","candidate":${candidate}}]`;
}
