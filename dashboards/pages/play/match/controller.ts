import { type Client, createClient } from '../../../../client/create-client.ts';
import { isLive, isWaiting } from '../../../../client/matchmaking/state.ts';
import type { Session } from '../../../../contract/matchmaking.ts';
import { type AfterCall, createAfterCall } from './after-call.ts';
import { createExtras, type Extras, type ExtrasHolder } from './extras.ts';
import { createMicrophone, type MicrophoneHolder } from './microphone.ts';
import { createOwnCall, type OwnCall } from './own-call.ts';
import type { View } from './screen.ts';
import { createSearch } from './search.ts';
import { type Choice, storedTokens } from './stored.ts';

export interface Controller extends AfterCall {
  view(): View;
  extras(): Extras;
  readonly call: OwnCall;
  readonly microphone: MicrophoneHolder;
  onChange(listener: () => void): void;
  start(): Promise<void>;
  /** Signs in as a new guest after the server rejected the old tokens. */
  startAgain(): Promise<void>;
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
}

/** How often the details of the wait are refreshed. */
const EXPLAIN_MS = 5_000;

export function createController(origin: string): Controller {
  const held = storedTokens.read();
  const client: Client = createClient({
    baseUrl: origin,
    onTokens: storedTokens.write,
    // A person looks at the page: reconnect sooner than a program would.
    socketBackOff: { baseMs: 300, capMs: 3_000, patienceMs: 60_000 },
    ...(held ? { tokens: held } : {}),
  });
  let listener: () => void = () => undefined;
  let start: View['start'] = 'starting';

  const extras = createExtras(() => listener());
  const microphone = createMicrophone(changed);
  const myId = () => client.tokens?.user?.id ?? null;
  const call = createOwnCall(client, microphone, myId, changed);
  const search = createSearch(client, microphone, extras, changed);

  function changed(): void {
    const { session, matchRequest } = client.matchmaking.state;
    const live = session && isLive(session) ? session : null;
    call.follow(live && isOpen(live) ? live : null);
    if (live || isWaiting(matchRequest)) {
      // After a reload the browser usually gives it without asking.
      if (microphone.state === 'idle' && !call.elsewhere) void microphone.ask();
    } else if (!search.asked && microphone.state !== 'asking') microphone.release();
    listener();
  }

  async function begin(): Promise<void> {
    start = 'starting';
    changed();
    try {
      const { items } = await client.http.listLanguages();
      if (!client.tokens) await client.http.guest({});
      // A refusal and a slow connection each have their own screen.
      client.connect().catch(() => undefined);
      start = 'ready';
      extras.set({ languages: items });
    } catch {
      start = 'failed';
    }
    changed();
  }

  const ofSession = (event: 'session:accept' | 'session:decline' | 'session:leave') =>
    extras.attempt(event, async () => {
      const id = client.matchmaking.state.session?.id;
      if (id !== undefined) await client.emit(event, { sessionId: id });
    });

  async function leave(): Promise<boolean> {
    extras.set({ iLeft: true });
    const left = await ofSession('session:leave');
    if (!left) extras.set({ iLeft: false });
    return left;
  }

  followClient(client, extras, changed);

  return {
    view: () => ({
      start,
      link: client.status,
      microphone: microphone.state,
      asked: search.asked,
      request: client.matchmaking.state.matchRequest,
      session: client.matchmaking.state.session,
      done: search.done,
      call: call.phase,
      elsewhere: call.elsewhere,
      myId: myId(),
    }),
    ...createAfterCall(client, extras),
    ...{ extras: extras.get, call, microphone, start: begin },
    ...{ find: search.find, askMicrophone: search.askMicrophone, stopSearch: search.stop },
    stop: search.leaveScreen,
    onChange: (next) => {
      listener = next;
    },
    startAgain: async () => {
      await client.logout().catch(() => undefined);
      await begin();
    },
    accept: async () => void (await ofSession('session:accept')),
    decline: async () => {
      extras.set({ iLeft: true });
      await ofSession('session:decline');
    },
    leave: async () => void (await leave()),
    next: async () => {
      const { session } = client.matchmaking.state;
      if (session && isLive(session) && !(await leave())) return;
      search.goOn();
      await search.repeat();
    },
    takeOver: () => {
      const { session } = client.matchmaking.state;
      if (session) call.takeOver(session);
    },
    mute: (on) => {
      microphone.mute(on);
      extras.set({ muted: on });
    },
  };
}

function followClient(client: Client, extras: ExtrasHolder, changed: () => void): void {
  client.matchmaking.onChange(changed);
  client.matchmaking.onMatch(() => {
    extras.forgetCall();
    extras.set({ error: null });
  });
  client.onStatus(changed);
  setInterval(() => {
    if (client.status !== 'connected') return;
    if (client.matchmaking.state.matchRequest?.state === 'waiting')
      client.emit('match:status', {}).catch(() => undefined);
  }, EXPLAIN_MS);
}

/** True once the accept step is done. */
const isOpen = ({ state, acceptBy }: Session) => !(state === 'matched' && acceptBy !== null);
