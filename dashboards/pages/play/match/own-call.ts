import type { Client } from '../../../../client/create-client.ts';
import {
  type Call,
  type CallPhase,
  createCall,
} from '../../../../client/matchmaking/signalling/call.ts';
import type { Session } from '../../../../contract/matchmaking.ts';
import { type CallLock, holdCall } from './call-lock.ts';
import type { MicrophoneHolder } from './microphone.ts';

/** The call of this tab: at most one, and never one that another tab has locked. */
export interface OwnCall {
  readonly phase: CallPhase | null;
  readonly remote: MediaStream | null;
  readonly elsewhere: boolean;
  /** Opens a call for a live session and closes it when the session is null. */
  follow(session: Session | null): void;
  /** Moves the call from the other tab to this one. */
  takeOver(session: Session): void;
  close(): void;
}

export function createOwnCall(
  client: Client,
  microphone: MicrophoneHolder,
  myId: () => string | null,
  onChange: () => void,
): OwnCall {
  let id: string | null = null;
  let call: Call | null = null;
  let stream: MediaStream | null = null;
  let lock: CallLock | null = null;
  let elsewhere = false;

  function drop(): void {
    call?.close();
    call = null;
    stream = null;
  }

  function close(): void {
    drop();
    lock?.release();
    lock = null;
    id = null;
    elsewhere = false;
  }

  async function hold(session: Session, steal: boolean): Promise<void> {
    id = session.id;
    const onLost = () => {
      if (id !== session.id) return;
      drop();
      lock = null;
      elsewhere = true;
      onChange();
    };
    const got = await holdCall(`${session.id}.${myId()}`, onLost, steal);
    // The session changed or ended while the lock was requested.
    if (id !== session.id) return got?.release();
    lock = got;
    elsewhere = got === null;
    onChange();
  }

  function open(session: Session): void {
    const mine = microphone.stream;
    if (!mine || stream === mine) return;
    drop();
    stream = mine;
    const opened = createCall(client, {
      session,
      stream: mine,
      onNetworkChange,
    });
    call = opened;
    opened.onChange(() => {
      if (call === opened) onChange();
    });
  }

  return {
    get phase() {
      return call?.state.phase ?? null;
    },
    get remote() {
      return call?.state.remote ?? null;
    },
    get elsewhere() {
      return elsewhere;
    },
    follow: (session) => {
      if (!session) {
        if (id !== null) close();
      } else if (session.id !== id) {
        close();
        void hold(session, false);
      } else if (lock) open(session);
    },
    takeOver: (session) => {
      close();
      void hold(session, true);
    },
    close,
  };
}

/** `change` also fires for every new speed estimate. Only a change of the network type means a new path. */
function onNetworkChange(listener: () => void): () => void {
  const { connection } = navigator as { connection?: EventTarget & { type?: string } };
  let kind = connection?.type;
  const changed = () => {
    if (connection?.type === kind) return;
    kind = connection?.type;
    listener();
  };
  window.addEventListener('online', listener);
  connection?.addEventListener('change', changed);
  return () => {
    window.removeEventListener('online', listener);
    connection?.removeEventListener('change', changed);
  };
}
