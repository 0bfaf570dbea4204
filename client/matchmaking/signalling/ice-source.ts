/** What the server gives for `RTCPeerConnection`, for as long as its credentials are valid. */
export interface IceSource {
  servers(): RTCIceServer[];
  /** Asks the server. Rejects with the error of the call. */
  read(): Promise<void>;
  /** Asks only when the credentials end soon. True when there are new servers. */
  renew(): Promise<boolean>;
}

/** A restart takes a while itself, so credentials are renewed well before they end. */
const USED_SHARE = 0.8;

export function createIceSource(
  ask: () => Promise<{ iceServers: unknown[]; ttlSeconds: number }>,
): IceSource {
  let servers: RTCIceServer[] = [];
  let until = 0;
  async function read(): Promise<void> {
    const { iceServers, ttlSeconds } = await ask();
    servers = iceServers as RTCIceServer[];
    until = Date.now() + ttlSeconds * 1000 * USED_SHARE;
  }
  return {
    servers: () => servers,
    read,
    renew: async () => {
      if (Date.now() < until) return false;
      await read();
      return true;
    },
  };
}
