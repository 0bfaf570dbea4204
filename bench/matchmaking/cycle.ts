import { setTimeout as sleep } from 'node:timers/promises';
import { atPace, ownCores } from '../measure/pace.ts';
import { spreadOf } from '../measure/percentiles.ts';
import type { RawSocket } from '../measure/raw-socket.ts';
import { oneWay } from './crowd.ts';
import type { CycleReport, Load, Task } from './generator-messages.ts';

/** The number of pairs whose joins are shuffled, so that people wait briefly and no one waits forever. */
const SHUFFLED = 20;
const DRAIN_MS = 5_000;
/** Commands by the meaning of their ack, which is encoded in the packet id. */
const KINDS = 3;
const [JOIN, CONNECTED, LEAVE] = [0, 1, 2];

interface Person {
  place: number;
  joinedAt: number;
  sessionId: string;
}
interface Match {
  people: Person[];
  joinedAt: number;
}

/**
 * People join, match and connect, and then one of them leaves, so that both are free again. The person who
 * has been free longest joins next.
 */
export function startCycle(task: Task, onMeasuring: () => void): Load {
  const people = task.tokens.map((_, place): Person => ({ place, joinedAt: 0, sessionId: '' }));
  const free = createFreeList(people);
  const matches = new Map<string, Match>();
  const found: number[] = [];
  const ack: number[] = [];
  const errors: Record<string, number> = {};
  let sockets: RawSocket[] = [];
  let waiting = 0;
  let joins = 0;
  let starved = 0;
  let isMeasuring = false;
  let measuredFrom = 0;

  let serial = 0;
  const emit = (person: Person, kind: number | undefined, event: string, body: string) => {
    serial += 1;
    sockets[person.place]?.send(`2${serial * KINDS + (kind ?? 0)}["${event}",${body}]`);
  };

  const order = shuffledJoins();
  function join(): void {
    const person = free.take();
    const body = person && order();
    if (!body) {
      starved += 1;
      return;
    }
    joins += 1;
    waiting += 1;
    person.joinedAt = performance.now();
    emit(person, JOIN, 'match:join', body);
  }

  function onFound(person: Person, sessionId: string): void {
    if (person.sessionId === sessionId) return;
    person.sessionId = sessionId;
    waiting -= 1;
    const match = matches.get(sessionId) ?? { people: [], joinedAt: 0 };
    matches.set(sessionId, match);
    match.people.push(person);
    match.joinedAt = Math.max(match.joinedAt, person.joinedAt);
    const isBoth = match.people.length === 2;
    if (isBoth && isMeasuring && match.joinedAt >= measuredFrom)
      found.push(performance.now() - match.joinedAt);
    emit(person, CONNECTED, 'session:connected', `{"sessionId":"${sessionId}"}`);
  }

  function onAck(person: Person, kind: number, body: string): void {
    if (!body.startsWith('[{"ok":true')) {
      const code = /"code":"([^"]+)"/.exec(body)?.[1] ?? 'unknown';
      errors[code] = (errors[code] ?? 0) + 1;
      if (kind === JOIN) free.add(person);
      return;
    }
    if (kind === JOIN && isMeasuring) ack.push(performance.now() - person.joinedAt);
    if (kind === CONNECTED && body.includes('"state":"active"'))
      emit(person, LEAVE, 'session:leave', `{"sessionId":"${person.sessionId}"}`);
    if (kind === LEAVE) {
      const { sessionId } = person;
      for (const each of matches.get(sessionId)?.people ?? []) free.add(each);
      matches.delete(sessionId);
    }
  }

  return {
    onPacket(place, packet) {
      const person = people[place];
      if (!person) return;
      if (packet.startsWith('3')) {
        const bodyAt = packet.indexOf('[');
        onAck(person, Number(packet.slice(1, bodyAt)) % KINDS, packet.slice(bodyAt));
      } else if (packet.startsWith(FOUND))
        onFound(person, packet.slice(FOUND.length, FOUND.length + 36));
    },
    async run(opened): Promise<CycleReport> {
      sockets = opened;
      let cores = ownCores();
      await atPace(task, join, () => {
        isMeasuring = true;
        measuredFrom = performance.now();
        joins = 0;
        starved = 0;
        cores = ownCores();
        onMeasuring();
      });
      const used = cores();
      const joined = joins;
      const drainMs = Math.min(DRAIN_MS, task.seconds * 1000);
      for (let ms = 0; waiting > 0 && ms < drainMs; ms += 50) await sleep(50);
      const matched = found.length;
      return {
        kind: 'report',
        found: spreadOf(found),
        ack: spreadOf(ack),
        joins: joined,
        matches: matched,
        starved,
        stillWaiting: waiting,
        errors,
        cores: used,
      };
    },
  };
}

/** Who has been free longest comes first. Taking is cheap: the front is cut off only now and then. */
function createFreeList(people: readonly Person[]) {
  let free = [...people];
  let at = 0;
  return {
    take: (): Person | undefined => {
      const person = free[at];
      if (person) at += 1;
      return person;
    },
    add: (person: Person) => {
      person.sessionId = '';
      free.push(person);
      if (at <= people.length) return;
      free = free.slice(at);
      at = 0;
    },
  };
}

/** The id is the first field of a session. */
const FOUND = '2["match:found",{"id":"';

/** Equally many people in both directions of every pair of languages, in random order. */
function shuffledJoins(): () => string | undefined {
  const queue: string[] = [];
  const body = (native: string, practice: string) =>
    `{"native":["${native}"],"practice":["${practice}"]}`;
  return () => {
    if (queue.length === 0) {
      for (let couple = 0; couple < SHUFFLED; couple += 1) {
        const [a, b] = oneWay[Math.floor(Math.random() * oneWay.length)] ?? ['en', 'es'];
        queue.push(body(a, b), body(b, a));
      }
      queue.sort(() => Math.random() - 0.5);
    }
    return queue.pop();
  };
}
