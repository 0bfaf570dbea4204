import { type Client, createClient } from '../../../../client/create-client.ts';
import { isClientError } from '../../../../client/errors.ts';
import { isLive, isWaiting } from '../../../../client/matchmaking/state.ts';
import type { Session } from '../../../../contract/matchmaking.ts';
import { createMicrophone, type MicrophoneHolder } from './microphone.ts';
import { createOwnCall, type OwnCall } from './own-call.ts';
import type { View } from './screen.ts';
import { type Choice, keepChoice, readChoice, storedTokens, topicsOf } from './stored.ts';

export interface Language {
  code: string;
  name: string;
}

/** What the page shows in addition to the screen. */
export interface Extras {
  languages: readonly Language[];
  /** The error code of the last action, or null if it succeeded. */
  error: string | null;
  muted: boolean;
  iLeft: boolean;
  rated: boolean;
  blocked: boolean;
  reported: boolean;
}

export interface Controller {
  view(): View;
  extras(): Extras;
  readonly call: OwnCall;
  readonly microphone: MicrophoneHolder;
  onChange(listener: () => void): void;
  start(): Promise<void>;
  /** Signs in as a new guest after the server rejected the old tokens. */
  startAnew(): Promise<void>;
  find(choice: Choice): Promise<void>;
  askMicrophone(): Promise<void>;
  stopSearch(): Promise<void>;
  accept(): Promise<void>;
  decline(): Promise<void>;
  leave(): Promise<void>;
  next(): Promise<void>;
  /** Returns to the setup screen. */
  stop(): void;
  takeOver(): void;
  mute(on: boolean): void;
  rate(rating: number, note: string): Promise<void>;
  block(userId: string): Promise<void>;
  report(userId: string, sessionId: string, reason: string): Promise<void>;
}

/** How often the details of the wait are refreshed. */
const EXPLAIN_MS = 5_000;

export function createController(origin: string): Controller {
  const held = storedTokens.read();
  const client: Client = createClient({
    baseUrl: origin,
    onTokens: storedTokens.write,
    // A person is watching, so reconnect sooner than a program would.
    socketBackOff: { baseMs: 300, capMs: 3_000, patienceMs: 60_000 },
    ...(held ? { tokens: held } : {}),
  });
  const done = new Set<string>();
  const underWay = new Map<string, Promise<boolean>>();
  let listener: () => void = () => undefined;
  let start: View['start'] = 'starting';
  let asked = false;
  let extras: Extras = {
    ...{ languages: [], error: null, muted: false },
    ...{ iLeft: false, rated: false, blocked: false, reported: false },
  };

  const microphone = createMicrophone(changed);
  const myId = () => client.tokens?.user?.id ?? null;
  const call = createOwnCall(client, microphone, myId, changed);

  function changed(): void {
    const { session, matchRequest } = client.matchmaking.state;
    const live = session && isLive(session) ? session : null;
    call.follow(live && isOpen(live) ? live : null);
    if (live || isWaiting(matchRequest)) {
      // After a reload the browser usually grants the microphone without a prompt.
      if (microphone.state === 'idle' && !call.elsewhere) void microphone.ask();
    } else if (!asked && microphone.state !== 'asking') microphone.release();
    listener();
  }

  function set(next: Partial<Extras>): void {
    extras = { ...extras, ...next };
    listener();
  }

  /**
   * Runs actions one after another. A repeated action runs once, and an error is shown instead of
   * thrown. Buttons stay enabled meanwhile, because a disabled button loses the keyboard focus.
   */
  async function attempt(name: string, act: () => Promise<unknown>): Promise<boolean> {
    if (underWay.has(name)) return false;
    const before = [...underWay.values()];
    const mine = Promise.all(before).then(async () => {
      set({ error: null });
      try {
        await act();
        return true;
      } catch (error) {
        set({ error: isClientError(error) ? error.code : 'internal.error' });
        return false;
      }
    });
    underWay.set(name, mine);
    const ok = await mine;
    underWay.delete(name);
    return ok;
  }

  async function begin(): Promise<void> {
    start = 'starting';
    changed();
    try {
      const { items } = await client.http.listLanguages();
      if (!client.tokens) await client.http.guest({});
      // A rejected or slow connection has its own screen.
      client.connect().catch(() => undefined);
      start = 'ready';
      set({ languages: items });
    } catch {
      start = 'failed';
    }
    changed();
  }

  async function join(choice: Choice): Promise<void> {
    const topics = topicsOf(choice);
    asked = true;
    changed();
    if ((await microphone.ask()) !== 'ready' || !asked) return;
    set({ iLeft: false, rated: false, blocked: false, reported: false });
    await attempt('join', () =>
      client.emit('match:join', {
        native: choice.native,
        practice: choice.practice,
        ...(choice.level === null ? {} : { level: choice.level }),
        ...(topics.length > 0 ? { topics } : {}),
      }),
    );
    asked = false;
    changed();
  }

  function goOn(): void {
    const { session, matchRequest } = client.matchmaking.state;
    if (session) done.add(session.id);
    if (matchRequest) done.add(matchRequest.id);
  }

  const ofSession = (event: 'session:accept' | 'session:decline' | 'session:leave') =>
    attempt(event, async () => {
      const id = client.matchmaking.state.session?.id;
      if (id !== undefined) await client.emit(event, { sessionId: id });
    });

  async function leave(): Promise<boolean> {
    set({ iLeft: true });
    const left = await ofSession('session:leave');
    if (!left) set({ iLeft: false });
    return left;
  }

  client.matchmaking.onChange(changed);
  client.matchmaking.onMatch(() =>
    set({ iLeft: false, rated: false, blocked: false, reported: false, error: null }),
  );
  client.onStatus(changed);
  setInterval(() => {
    if (client.status === 'connected' && client.matchmaking.state.matchRequest?.state === 'waiting')
      client.emit('match:status', {}).catch(() => undefined);
  }, EXPLAIN_MS);

  return {
    view: () => ({
      start,
      link: client.status,
      microphone: microphone.state,
      asked,
      request: client.matchmaking.state.matchRequest,
      session: client.matchmaking.state.session,
      done,
      call: call.phase,
      elsewhere: call.elsewhere,
      myId: myId(),
    }),
    extras: () => extras,
    call,
    microphone,
    onChange: (next) => {
      listener = next;
    },
    start: begin,
    startAnew: async () => {
      await client.logout().catch(() => undefined);
      await begin();
    },
    find: (choice) => {
      keepChoice(choice);
      goOn();
      return join(choice);
    },
    askMicrophone: async () => {
      if (asked) return join(readChoice());
      await microphone.ask();
    },
    stopSearch: async () => {
      asked = false;
      // Behind a join that is under way: who stops then must not end up in line.
      if (underWay.has('join') || isWaiting(client.matchmaking.state.matchRequest))
        await attempt('leave', async () => {
          await client.emit('match:leave', {});
          goOn();
        });
      changed();
    },
    accept: async () => void (await ofSession('session:accept')),
    decline: async () => {
      set({ iLeft: true });
      await ofSession('session:decline');
    },
    leave: async () => void (await leave()),
    next: async () => {
      const { session } = client.matchmaking.state;
      if (session && isLive(session) && !(await leave())) return;
      goOn();
      await join(readChoice());
    },
    stop: () => {
      asked = false;
      goOn();
      set({ error: null });
      changed();
    },
    takeOver: () => {
      const { session } = client.matchmaking.state;
      if (session) call.takeOver(session);
    },
    mute: (on) => {
      microphone.mute(on);
      set({ muted: on });
    },
    rate: async (rating, note) => {
      const id = client.matchmaking.state.session?.id;
      if (id === undefined) return;
      const given = note.trim().replace(/\s+/g, ' ');
      const ok = await attempt('rate', () =>
        client.http.giveFeedback({ id, rating, ...(given ? { note: given } : {}) }),
      );
      if (ok || extras.error === 'session.feedback_given') set({ rated: true, error: null });
    },
    block: async (userId) => {
      if (await attempt('block', () => client.http.block({ userId }))) set({ blocked: true });
    },
    report: async (userId, sessionId, reason) => {
      const told = () => client.http.reportUser({ userId, sessionId, reason });
      if (await attempt('report', told)) set({ reported: true });
    },
  };
}

/** True once the accept step is done. */
const isOpen = ({ state, acceptBy }: Session) => !(state === 'matched' && acceptBy !== null);
