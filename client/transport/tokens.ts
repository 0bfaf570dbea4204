import type { Profile, Tokens } from '../../contract/accounts.ts';
import { ClientError, isSignedOut } from '../errors.ts';

/** The stored part of `Tokens`. Pass it to `createClient` to continue as the same user. */
export interface HeldTokens {
  accessToken: string;
  /** Null for a token that cannot be refreshed, such as one from `foyer token`. */
  refreshToken: string | null;
  /** Local time in milliseconds, so that it survives a reload; null if unknown. */
  expiresAt: number | null;
  user: Profile | null;
}

export interface TokenHolder {
  held(): HeldTokens | null;
  set(tokens: Tokens | HeldTokens | null): void;
  /** A valid access token. Refreshes it first if it is about to expire. */
  access(): Promise<string | undefined>;
  /** The server rejected `stale` as expired. Refreshes the token once for all concurrent callers. */
  renew(stale: string | undefined): Promise<string | undefined>;
}

export interface TokenDeps {
  refresh: (refreshToken: string) => Promise<Tokens>;
  onTokens: (tokens: HeldTokens | null) => void;
  now: () => number;
}

/** Tokens are refreshed this long before they expire, so that a slow request does not arrive with an expired one. */
const MARGIN_MS = 30_000;
/** At most this share of the lifetime, so that a very short-lived token is not refreshed constantly. */
const MARGIN_PART = 0.2;

/** Creates the holder of one client's tokens. */
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
      // The user signed out or in as someone else meanwhile, so these tokens are discarded.
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
      // The old token is still valid for a moment; the next call retries the refresh.
      const usable = held === before && before.expiresAt !== null && now() < before.expiresAt;
      if (usable) return before.accessToken;
      throw error;
    }
  }

  async function renew(stale: string | undefined): Promise<string | undefined> {
    if (held && held.accessToken !== stale) return held.accessToken;
    const token = await renewNow();
    if (token === undefined)
      throw new ClientError('auth.required', 'Your sign-in has expired. Sign in again.');
    return token;
  }

  return { held: () => held, set, access, renew };
}

function hold(tokens: Tokens | HeldTokens, at: number): HeldTokens {
  if (!('expiresInSeconds' in tokens)) return tokens;
  const { accessToken, refreshToken, expiresInSeconds, user } = tokens;
  return { accessToken, refreshToken, expiresAt: at + expiresInSeconds * 1000, user };
}
