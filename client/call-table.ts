/** The routes that a client can call, by their names in the contract. */
export interface CallTable {
  /** Name → `METHOD /path`. */
  routes: Readonly<Record<string, string>>;
  /** Called without a bearer token, which could have expired. */
  anonymous: ReadonlySet<string>;
  /** Tried once. */
  neverRepeated: ReadonlySet<string>;
  /** Name → the header for the claim of a call. */
  claims: Readonly<Record<string, string>>;
}

interface Part {
  routes: Readonly<Record<string, string>>;
  anonymous: readonly string[];
  neverRepeated: readonly string[];
  claims?: Readonly<Record<string, string>>;
}

/** Joins the tables of several domains. */
export const joinTables = (parts: readonly Part[]): CallTable => ({
  routes: Object.assign({}, ...parts.map(({ routes }) => routes)),
  anonymous: new Set(parts.flatMap(({ anonymous }) => anonymous)),
  neverRepeated: new Set(parts.flatMap(({ neverRepeated }) => neverRepeated)),
  claims: Object.assign({}, ...parts.map(({ claims }) => claims)),
});
