/** The ICE servers for `RTCPeerConnection`, while their credentials are valid. */
export interface IceSource {
  servers(): RTCIceServer[];
  /** Queries the server. Rejects with the error of the call. */
  read(): Promise<void>;
  /** Queries only when the credentials expire soon. True when there are new servers. */
  renew(): Promise<boolean>;
}

/** A restart takes time, so credentials are renewed after this share of their lifetime. */
const USED_SHARE = 0.8;

/** Creates the source of ICE servers of one call. */
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
