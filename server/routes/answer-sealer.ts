import { hkdfSync } from 'node:crypto';
import type { Config } from '../../config.ts';
import { createSealer, type Sealer } from '../../db/sealer.ts';

type Keys = Pick<Config, 'authSecrets' | 'encryptionKeys'>;

const KEY_BYTES = 32;
const sealers = new WeakMap<Keys, Sealer>();

/**
 * Seals the answers that are stored for an idempotency key and contain a secret. They are kept for a day, so
 * keys derived from AUTH_SECRET are enough, and every installation has one.
 */
export function answerSealerOf(config: Keys): Sealer {
  const known = sealers.get(config);
  if (known) return known;
  const derived = config.authSecrets.map((secret) =>
    Buffer.from(hkdfSync('sha256', secret, '', 'stored answers', KEY_BYTES)),
  );
  const sealer = createSealer([...derived, ...config.encryptionKeys]);
  sealers.set(config, sealer);
  return sealer;
}
