import type { Peer } from './negotiation.ts';

export interface WatchTimes {
  /** The interval of repairs while not connected. */
  nudgeMs: number;
  /** How long the polite side's first offer waits for the partner's. */
  yieldMs: number;
  /** A short interruption repairs itself within this time. */
  disconnectedMs: number;
}

export interface Watch {
  /** The network changed, or the person asks for it. */
  restart(): void;
  /** Call this at every change of the connection state. */
  changed(): void;
  stop(): void;
}

/**
 * Restarts ICE when the path between the two is lost. It also restarts when an offer is answered and no
 * connection follows for two nudges: the candidates of that exchange are not enough. A peer connection
 * that found no candidates at all is replaced.
 */
export function watchPeer(
  peer: Peer,
  times: WatchTimes,
  deps: {
    repeatOffer: () => boolean;
    replaceStuckPeer: () => boolean;
    beforeRestart: () => Promise<void>;
  },
): Watch {
  let quiet = 0;
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function restart(): void {
    quiet = 0;
    // New relay credentials if the server gives them; the old ones are better than none.
    void deps
      .beforeRestart()
      .catch(() => undefined)
      .then(() => {
        if (!stopped && peer.connectionState !== 'closed') peer.restartIce();
      });
  }

  function nudge(): void {
    if (peer.connectionState === 'connected') return;
    quiet += 1;
    if (deps.replaceStuckPeer()) return;
    const isLost = peer.connectionState === 'failed' || peer.connectionState === 'disconnected';
    if (!deps.repeatOffer() && (isLost || quiet >= 2)) restart();
    reschedule(times.nudgeMs);
  }

  function reschedule(ms: number): void {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(nudge, ms);
  }

  const changed = () => {
    const state = peer.connectionState;
    if (state === 'connected') {
      quiet = 0;
      clearTimeout(timer);
    } else if (state === 'failed') {
      restart();
      reschedule(times.nudgeMs);
    } else reschedule(state === 'disconnected' ? times.disconnectedMs : times.nudgeMs);
  };
  reschedule(times.nudgeMs);

  return {
    restart,
    changed,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
