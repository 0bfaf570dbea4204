import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { FoyerError } from '../contract/errors.ts';

/** Encrypts the secrets in the database with AES-256-GCM and the keys of TOKEN_ENCRYPTION_KEYS. */
export interface Sealer {
  /**
   * @param context the row of the secret (`webhook_subscriptions:<id>`). Only the same context opens it
   * @throws {FoyerError} service.unavailable when no key is configured
   */
  seal(text: string, context: string): string;
  /** @throws {Error} for another context, a text that was changed, or a key that is not configured */
  open(sealed: string, context: string): string;
  /** Whether the text was sealed with another key than the first one and should be sealed again. */
  isOld(sealed: string): boolean;
}

const ALGORITHM = 'aes-256-gcm';
const FORM = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

interface NamedKey {
  name: string;
  key: Buffer;
}

/**
 * Creates a sealer. The first key seals, and every key opens. A sealed text is
 * `v1.<key name>.<base64url of iv, tag, text>`.
 * @param keys 32 bytes each
 */
export function createSealer(keys: readonly Buffer[]): Sealer {
  const named = keys.map((key): NamedKey => ({ name: nameOf(key), key }));
  const [first] = named;
  return {
    seal(text, context) {
      if (!first)
        throw new FoyerError('service.unavailable', {
          detail: 'TOKEN_ENCRYPTION_KEYS is not set, so this server cannot keep a secret.',
        });
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, first.key, iv).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      const packed = Buffer.concat([iv, cipher.getAuthTag(), body]);
      return `${FORM}.${first.name}.${packed.toString('base64url')}`;
    },
    open(sealed, context) {
      const [form, name, packed = ''] = sealed.split('.');
      const found = form === FORM ? named.find((one) => one.name === name) : undefined;
      if (!found) throw new Error(`no key of TOKEN_ENCRYPTION_KEYS opens this secret (${name})`);
      const bytes = Buffer.from(packed, 'base64url');
      const decipher = createDecipheriv(ALGORITHM, found.key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const body = bytes.subarray(IV_BYTES + TAG_BYTES);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    },
    isOld: (sealed) => sealed.split('.')[1] !== first?.name,
  };
}

/** A key's name tells keys apart and nothing about them. */
const nameOf = (key: Buffer): string =>
  createHash('sha256').update('foyer key name').update(key).digest('hex').slice(0, 8);
