import { createHmac } from 'node:crypto';
import { bounds, type Config } from '../../../config.ts';
import type { IceServers } from '../../../contract/matchmaking.ts';

/**
 * Credentials in coturn's shared-secret scheme: the relay knows no users, so it checks the signature
 * and reads the expiry from the name. The name has the user id for the relay's logs and quotas.
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
