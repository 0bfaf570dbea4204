export interface CallLock {
  release(): void;
}

/** A page that is just being loaded again still holds it for a moment. */
const SECOND_LOOK_MS = 600;

/**
 * One tab for a person's side of a call: two tabs of theirs would both answer the partner. The partner
 * may well sit in another tab of the same browser. Null when another tab has it and `steal` is not
 * said; `onLost` when another tab took it.
 * @param side of which session, and whose
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
      .request(`foyer.call.${side}`, steal ? { steal } : { ifAvailable: true }, held)
      .catch(() => {
        if (!released) onLost();
      });
  });
}
