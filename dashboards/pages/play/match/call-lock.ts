export interface CallLock {
  release(): void;
}

/** A page that is just being loaded again still holds it for a moment. */
const SECOND_LOOK_MS = 600;

/**
 * One tab a call: two tabs of one person would both answer the partner. Null when another tab has it
 * and `steal` is not said; `onLost` when another tab took it.
 */
export async function holdCall(
  sessionId: string,
  onLost: () => void,
  steal = false,
): Promise<CallLock | null> {
  const first = await request(sessionId, onLost, steal);
  if (first || steal) return first;
  await new Promise((resolve) => setTimeout(resolve, SECOND_LOOK_MS));
  return request(sessionId, onLost, false);
}

function request(id: string, onLost: () => void, steal: boolean): Promise<CallLock | null> {
  // Not on plain http, but then there is no microphone either.
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
      .request(`foyer.call.${id}`, steal ? { steal } : { ifAvailable: true }, held)
      .catch(() => {
        if (!released) onLost();
      });
  });
}
