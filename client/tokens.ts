import type { Profile, Tokens } from '../contract/accounts.ts';
import { ClientError, isSignedOut } from './errors.ts';

/** What is kept of `Tokens`; give it back to `createClient` to go on as the same person. */
export interface HeldTokens {
  accessToken: string;
  /** Null for a token that cannot be renewed, such as one from the command line. */
  refreshToken: string | null;
  /** Milliseconds of this machine's clock, so that it outlives a reload; null when unknown. */
  expiresAt: number | null;
  user: Profile | null;
}

export interface TokenHolder {
  held(): HeldTokens | null;
  set(tokens: Tokens | HeldTokens | null): void;
  /** An access token that is good for a while, renewed first when it is about to expire. */
  access(): Promise<string | undefined>;
  /** The server called `stale` expired: get another one, once for everybody who asks at the same time. */
  renew(stale: string | undefined): Promise<string | undefined>;
}

export interface TokenDeps {
  refresh: (refreshToken: string) => Promise<Tokens>;
  onTokens: (tokens: HeldTokens | null) => void;
  now: () => number;
}

/** Renewed this long before the end, so that a slow request does not arrive with a dead token. */
const MARGIN_MS = 30_000;
/** But never more than this part of a short life, or a token of a few seconds is renewed for ever. */
const MARGIN_PART = 0.2;

export function createTokenHolder({ refresh, onTokens, now }: TokenDeps): TokenHolder {
  let held: HeldTokens | null = null;
  let renewAt = Number.POSITIVE_INFINITY;
  let renewal: Promise<string | undefined> | null = null;

  function set(tokens: Tokens | HeldTokens | null): void {
    held = tokens && hold(tokens, now());
    const life = held?.expiresAt == null ? Number.POSITIVE_INFINITY : held.expiresAt - now();
    renewAt = now() + life - Math.min(MARGIN_MS, Math.max(0, life * MARGIN_PART));
    onTokens(held);
  }

  async function exchange(before: HeldTokens, refreshToken: string): Promise<string | undefined> {
    try {
      const tokens = await refresh(refreshToken);
      // Signed out or in as another meanwhile: what came back belongs to nobody here.
      if (held === before) set(tokens);
    } catch (error) {
      if (!isSignedOut(error)) throw error;
      if (held === before) set(null);
      throw error;
    }
    return held?.accessToken;
  }

  function renewNow(): Promise<string | undefined> {
    if (renewal) return renewal;
    if (!held?.refreshToken) return Promise.resolve(undefined);
    renewal = exchange(held, held.refreshToken).finally(() => {
      renewal = null;
    });
    return renewal;
  }

  async function access(): Promise<string | undefined> {
    if (!held?.refreshToken || now() < renewAt) return held?.accessToken;
    const before = held;
    try {
      return await renewNow();
    } catch (error) {
      // The old token is still good for the margin; the next call tries again.
      const usable = held === before && before.expiresAt !== null && now() < before.expiresAt;
      if (usable) return before.accessToken;
      throw error;
    }
  }

  async function renew(stale: string | undefined): Promise<string | undefined> {
    if (held && held.accessToken !== stale) return held.accessToken;
    const token = await renewNow();
    if (token === undefined) throw new ClientError('auth.required', 'Sign in again.');
    return token;
  }

  return { held: () => held, set, access, renew };
}

function hold(tokens: Tokens | HeldTokens, at: number): HeldTokens {
  if (!('expiresInSeconds' in tokens)) return tokens;
  const { accessToken, refreshToken, expiresInSeconds, user } = tokens;
  return { accessToken, refreshToken, expiresAt: at + expiresInSeconds * 1000, user };
}
