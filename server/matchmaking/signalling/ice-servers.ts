import { createHmac } from 'node:crypto';
import { bounds, type Config } from '../../../config.ts';
import type { IceServers } from '../../../contract/matchmaking.ts';

/**
 * coturn's shared-secret scheme: the relay knows nobody, it checks the signature and reads from the
 * name until when it holds. The user id stands in it for the relay's own logs and quotas.
 */
export function turnCredential(secret: string, userId: string, expiresAtSeconds: number) {
  const username = `${expiresAtSeconds}:${userId}`;
  const credential = createHmac('sha1', secret).update(username).digest('base64');
  return { username, credential };
}

/** What `RTCPeerConnection` is given. Empty without servers: two on one network still meet. */
export function iceServersFor(
  { STUN_URLS, TURN_URLS, TURN_SECRET }: Pick<Config, 'STUN_URLS' | 'TURN_URLS' | 'TURN_SECRET'>,
  userId: string,
  nowSeconds: number,
): IceServers {
  const ttlSeconds = bounds.turnCredentialSeconds;
  const iceServers: IceServers['iceServers'] = [];
  if (STUN_URLS.length > 0) iceServers.push({ urls: STUN_URLS });
  if (TURN_URLS.length > 0 && TURN_SECRET !== undefined) {
    const expiresAt = Math.floor(nowSeconds) + ttlSeconds;
    iceServers.push({ urls: TURN_URLS, ...turnCredential(TURN_SECRET, userId, expiresAt) });
  }
  return { iceServers, ttlSeconds };
}
