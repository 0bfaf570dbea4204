/** Shorter than the defaults where that causes more events in a run. Graces and leases keep their defaults. */
export const env = {
  MATCH_REQUEST_TTL_SECONDS: '45',
  MATCH_CONNECT_SECONDS: '10',
  MATCH_RELAX_SECONDS: '1',
} as const;

export const limits = {
  expireMs: 45_000,
  connectMs: 10_000,
  /** All preferences have relaxed after three steps. */
  relaxedMs: 3_000,
  /** DISCONNECT_GRACE_SECONDS */
  graceMs: 30_000,
  /** bounds.partnerLostSeconds */
  partnerLostMs: 15_000,
} as const;

/** The behaviour of people, in ms. One number is the mean of an exponential duration, two are a range. */
export const habits = {
  pauseMs: 700,
  thinkMs: [50, 800],
  talkMs: 2_500,
  /** The duration of a long call. */
  lingerMs: 20_000,
  patienceMs: 12_000,
  awayMs: [300, 9_000],
  longAwayMs: [20_000, 50_000],
  pollMs: [700, 1_500],
  troubleMs: [300, 900],
  /** A person who is disconnected for this long switches to the other server. */
  switchMs: 2_500,
} as const;

/** In percent. */
export const chances = {
  polls: 12,
  wishes: 15,
  neverConnects: 3,
  leavesEarly: 4,
  vanishes: 14,
  lingers: 20,
  rare: 8,
  switches: 5,
  longAway: 15,
  /** Of the people who disconnect without leaving, the share that never returns. */
  goesForGood: 25,
  blocks: 5,
  retires: 8,
} as const;
