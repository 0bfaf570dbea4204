import { z } from 'zod';

/** `60` or `"60"` → 60. Environment variables are always text. */
const int = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number().int().min(min).max(max);
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item.length > 0),
  );
/** A browser rejects the entire list if one address is malformed. */
const servers = (form: RegExp, message: string) =>
  list.refine((urls) => urls.every((url) => form.test(url)), message);
const flag = z
  .enum(['', '0', '1', 'true', 'false', 'on', 'off'])
  .transform((text) => text === '1' || text === 'true' || text === 'on');

/** Secrets from examples. Production refuses to start with one of them. */
const KNOWN_SECRETS = ['change-me', 'secret', 'development-secret-development-secret'];
const MIN_SECRET_BYTES = 32;
const MIN_PASSWORD_LENGTH = 12;
/** No room name may have this length: the sharded adapter would treat it as a socket id. */
export const SOCKET_ID_LENGTH = 20;

export const environment = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  PORT: int(0, 65535).default(8080),
  ADMIN_PORT: int(0, 65535).default(8081),
  HOST: z.string().optional(),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres://'),
  REDIS_URL: z
    .string()
    .regex(/^(rediss?|redis\+cluster|redis\+sentinel):\/\//, 'must start with redis://'),
  FOYER_DATA_DIR: z.string().default('.data'),
  /** Set by the CLI when it runs the embedded PostgreSQL and Redis in FOYER_DATA_DIR. */
  FOYER_EMBEDDED: flag.default(false),
  AUTH_SECRET: z.string(),
  AUTH_JWKS_URL: z.url().optional(),
  WORKER_DOMAINS: list,
  WORKER_CONCURRENCY: int(1, 1000).default(20),
  MATCH_REQUEST_TTL_SECONDS: int(1, 86400).default(300),
  MATCH_SWEEP_SECONDS: int(1, 3600).default(2),
  MATCH_RELAX_SECONDS: int(1, 3600).default(15),
  MATCH_ACCEPT_SECONDS: int(0, 3600).default(0),
  MATCH_CONNECT_SECONDS: int(1, 3600).default(30),
  DISCONNECT_GRACE_SECONDS: int(1, 3600).default(30),
  SESSION_MAX_MINUTES: int(0, 1440).default(0),
  MAX_CONNECTIONS: int(1).default(10_000),
  MAX_CONNECTIONS_PER_ADDRESS: int(1).default(100),
  CONNECTION_RATE: int(1).default(10),
  CONNECTION_BURST: int(1).default(20),
  TRUSTED_PROXIES: list,
  RATE_LIMITS: z.enum(['on', 'off']).default('on'),
  PUBLIC_URL: z.url().optional(),
  DB_POOL_MIN: int(0, 1000).default(2),
  DB_POOL_MAX: int(1, 1000).default(10),
  TICKET_ARCHIVE_HOURS: int(1, 8_760).default(24),
  TICKET_EVENT_DAYS: int(1, 3_650).default(400),
  TICKET_PERSONAL_DAYS: int(1, 3_650).default(30),
  SOCKET_IDLE_SECONDS: int(0).default(0),
  CORS_ORIGINS: list,
  STUN_URLS: servers(/^stuns?:[^/]+$/, 'must start with stun: or stuns:'),
  TURN_URLS: servers(/^turns?:[^/]+$/, 'must start with turn: or turns:'),
  TURN_SECRET: z.string().min(1).optional(),
  /** 32 bytes each, as base64 or hex. The first encrypts, all decrypt. */
  TOKEN_ENCRYPTION_KEYS: list,
  WEBHOOK_ALLOW_PRIVATE: flag.default(false),
  METRICS_TOKEN: z.string().min(1).optional(),
  WORKER_METRICS_PORT: int(0, 65535).default(0),
  SERVER_METRICS_PORT: int(0, 65535).default(0),
  ADMIN_PASSWORD: z.string().min(1).optional(),
});

/** Bounds that do not depend on the deployment. Reaching one causes a typed error, never a crash. */
export const bounds = {
  bodyBytes: 64 * 1024,
  socketFrameBytes: 128 * 1024,
  idempotencyKeyLength: 255,
  idempotencyKeyHours: 24,
  socketsPerUser: 20,
  /** Cost of commands and requests of one person on one instance; most cost 1. */
  personPointsPerSecond: 50,
  personPointBurst: 100,
  /** Commands and requests of one person at once on one instance. Further ones wait, up to a limit. */
  personInFlight: 4,
  personWaiting: 256,
  /** The same for sockets without a signed-in user, by address. A house or a school shares one address. */
  addressPointsPerSecond: 200,
  addressPointBurst: 400,
  addressInFlight: 16,
  addressWaiting: 512,
  /** Requests with a raw body from one address, on one instance. A platform sends for many senders. */
  sendersPerSecond: 500,
  senderBurst: 2_000,
  /** How long one streamed answer may take, and how many one caller may have at once on one instance. */
  streamSeconds: 300,
  streamsPerCaller: 4,
  /** Bytes that may wait for one connection; with more, it is closed. */
  socketQueueBytes: 1024 * 1024,
  /** The same with the newest packet, which may be an answer of a megabyte by itself. */
  socketQueuePeakBytes: 2 * 1024 * 1024,
  /** Pushes to people in one message to an instance, and pushes that may wait for Redis. */
  pushesPerFrame: 1_000,
  pushesWaiting: 50_000,
  roomsPerSocket: 250,
  /** How often the tokens of live sockets and the rights of watchers are checked again. */
  recheckSeconds: 30,
  blocksPerUser: 1_000,
  languagesPerSide: 3,
  topicsPerRequest: 8,
  requeues: 3,
  /** Pairs per call of the claim script, which blocks Redis for about 3 ms. */
  pairsPerClaim: 50,
  pairsPerJob: 100,
  claimLeaseSeconds: 30,
  /** Entries of one bucket that a pass examines for one person. */
  claimWindow: 64,
  partnerLostSeconds: 15,
  /** Size of one signal as JSON. */
  signalBytes: 64 * 1024,
  /** Signals that a reconnecting side can still get. One answer has all of them, and a socket with a mebibyte queued is cut. */
  signalsKept: 256,
  signalBytesKept: 512 * 1024,
  signalSeconds: 120,
  /** Per participant and session. A negotiation takes a few dozen signals. */
  signalsPerSecond: 30,
  signalBurst: 100,
  turnCredentialSeconds: 3_600,
  failedPartnerMinutes: 60,
  recentPartnerHours: 24,
  recentPartners: 20,
  groupCommitItems: 200,
  groupCommitWaiting: 20_000,
  queues: 1_000,
  counters: 2_000,
  /** Reports of one instance at once, and its connections for them. The others wait for a connection. */
  reports: 8,
  reportConnections: 2,
  webhookSubscriptions: 200,
  /** Pending deliveries of one subscription; with more, it is disabled. */
  webhookPending: 100_000,
  webhookRequestsPerHost: 4,
  /** Jobs of one worker that call the outside: one for each host of a subscription, and room for others. */
  outsideJobs: 256,
  /** How many deliveries of one host a sender leases at a time, and for how long (seconds). */
  webhookLeases: 32,
  webhookTimeoutSeconds: 10,
  webhookLeaseSeconds: 20,
  webhookFailingDays: 5,
  webhookOldSecretHours: 24,
  leaseSeconds: 10,
  epochSeconds: 10,
  watchdogSeconds: 2,
  shutdownSeconds: 30,
  requestSeconds: 10,
  adminSessionHours: 12,
  adminIdleMinutes: 60,
  /** How long rows stay that nothing needs any more (days). */
  retention: {
    matchRequestDays: 30,
    sessionDays: 90,
    unusedGuestDays: 30,
    closedReportDays: 400,
    auditDays: 400,
    webhookDays: 14,
  },
} as const;

export type Environment = z.output<typeof environment>;
export type Config = Readonly<
  Environment & {
    authSecrets: readonly string[];
    encryptionKeys: readonly Buffer[];
    host: string;
    publicUrl: string;
  }
>;

export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Parses the environment once, when a process starts.
 * @throws {ConfigError} one line that names the first invalid variable
 */
export function loadConfig(env: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0] ?? 'environment');
    const missing = given[name] === undefined;
    throw new ConfigError(`${name}: ${missing ? 'is required' : (issue?.message ?? 'is invalid')}`);
  }
  const config = parsed.data;
  const authSecrets = config.AUTH_SECRET.split(',').map((secret) => secret.trim());
  if (config.TURN_URLS.length > 0 && config.TURN_SECRET === undefined)
    throw new ConfigError('TURN_SECRET: is required when TURN_URLS is set');
  if (config.NODE_ENV === 'production') {
    for (const secret of authSecrets) refuseWeakSecret(secret);
    if (config.TURN_SECRET && KNOWN_SECRETS.includes(config.TURN_SECRET))
      throw new ConfigError('TURN_SECRET: must not be an example value');
    refuseWeakPassword(config.ADMIN_PASSWORD);
  }
  if (authSecrets.some((secret) => secret.length === 0))
    throw new ConfigError('AUTH_SECRET: must not contain an empty secret');
  const encryptionKeys = config.TOKEN_ENCRYPTION_KEYS.map(encryptionKey);
  const host = config.HOST ?? (config.FOYER_EMBEDDED ? '127.0.0.1' : '0.0.0.0');
  return Object.freeze({
    ...config,
    authSecrets: Object.freeze(authSecrets),
    encryptionKeys: Object.freeze(encryptionKeys),
    host,
    publicUrl: config.PUBLIC_URL ?? `http://127.0.0.1:${config.PORT}`,
  });
}

const KEY_BYTES = 32;
function encryptionKey(text: string): Buffer {
  const key = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new ConfigError(
    `TOKEN_ENCRYPTION_KEYS: each key must have ${KEY_BYTES} bytes, as base64 or hex`,
  );
}

function refuseWeakSecret(secret: string): void {
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES)
    throw new ConfigError(
      `AUTH_SECRET: must have at least ${MIN_SECRET_BYTES} bytes in production`,
    );
  if (KNOWN_SECRETS.some((known) => secret.startsWith(known)))
    throw new ConfigError('AUTH_SECRET: must not be an example value');
}

function refuseWeakPassword(password: string | undefined): void {
  if (password === undefined) return;
  if (password.length < MIN_PASSWORD_LENGTH || KNOWN_SECRETS.includes(password))
    throw new ConfigError(
      `ADMIN_PASSWORD: must have at least ${MIN_PASSWORD_LENGTH} characters in production and must not be an example value`,
    );
}
