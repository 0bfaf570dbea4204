import type { Profile, Tokens } from '../../contract/accounts.ts';
import type { MatchRequest, Session } from '../../contract/matchmaking.ts';

export const uuid = (n: number) => `0190a000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();

const user: Profile = {
  id: uuid(1),
  username: null,
  displayName: 'Ada',
  role: 'guest',
  nativeLanguages: [],
  practiceLanguages: [],
  createdAt: at(0),
  settings: {},
};

export const tokens = (accessToken: string, more: Partial<Tokens> = {}): Tokens => ({
  user,
  accessToken,
  refreshToken: `refresh-${accessToken}`,
  expiresInSeconds: 900,
  ...more,
});

/** A request that joined at second `n`. */
export const request = (n: number, more: Partial<MatchRequest> = {}): MatchRequest => ({
  id: uuid(100 + n),
  pool: 'default',
  native: ['es'],
  practice: ['en'],
  level: null,
  topics: [],
  state: 'waiting',
  reason: null,
  joinedAt: at(n),
  expiresAt: at(n + 300),
  requeues: 0,
  sessionId: null,
  version: 1,
  wait: null,
  ...more,
});

/** A session that was created at second `n`. */
export const session = (n: number, more: Partial<Session> = {}): Session => ({
  id: uuid(200 + n),
  pool: 'default',
  state: 'matched',
  language: 'en',
  practiceUserId: uuid(1),
  nativeUserId: uuid(2),
  participants: [
    {
      userId: uuid(1),
      displayName: 'Ada',
      role: 'practice',
      polite: true,
      accepted: true,
      connected: false,
    },
    {
      userId: uuid(2),
      displayName: 'Ben',
      role: 'native',
      polite: false,
      accepted: true,
      connected: false,
    },
  ],
  createdAt: at(n),
  acceptBy: null,
  connectBy: at(n + 30),
  endsAt: null,
  activeAt: null,
  endedAt: null,
  endReason: null,
  durationSeconds: null,
  version: 1,
  ...more,
});

/** Rejects like the promise, or fails the test because it did not. */
export const failure = (promise: Promise<unknown>): Promise<Error & { code?: string }> =>
  promise.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error) => error,
  );
