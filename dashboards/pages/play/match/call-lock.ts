export interface CallLock {
  release(): void;
}

/** A page that reloads still holds the lock for a moment. */
const SECOND_LOOK_MS = 600;

/**
 * Locks one user's side of a call to one tab, because two tabs would both answer the partner. The
 * partner may use another tab of the same browser. Returns null if another tab has the lock and
 * `steal` is false. Calls `onLost` when another tab takes the lock.
 * @param side the session id and the user id
 */
export async function holdCall(
  side: string,
  onLost: () => void,
  steal = false,
): Promise<CallLock | null> {
  const first = await request(side, onLost, steal);
  if (first || steal) return first;
  await new Promise((resolve) => setTimeout(resolve, SECOND_LOOK_MS));
  return request(side, onLost, false);
}

function request(side: string, onLost: () => void, steal: boolean): Promise<CallLock | null> {
  // Plain http has no Web Locks, but it has no microphone either.
  if (!navigator.locks) return Promise.resolve({ release: () => undefined });
  return new Promise((resolve) => {
    let released = false;
    const held = (lock: Lock | null) => {
      if (!lock) return resolve(null);
      return new Promise<void>((release) => {
        resolve({
          release: () => {
            released = true;
            release();
          },
        });
      });
    };
    navigator.locks
      .request(`foyer.call.${side}`, steal ? { steal } : { ifAvailable: true }, held)
      .catch(() => {
        if (!released) onLost();
      });
  });
}
