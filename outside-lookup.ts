import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';

export type ResolveOutside = (name: string) => Promise<LookupAddress[]>;

interface Options {
  /** `address:port`; for tests. Without them, those of the machine. */
  servers?: readonly string[];
  timeoutMs?: number;
}

/** The first of two tries waits this long for an answer, the second one twice as long. */
const TIMEOUT_MS = 1_500;

/**
 * Resolve hostnames that outsiders chose by querying the name servers directly. `dns.lookup` has two threads
 * for the whole process. Two names whose servers never answer would block every other lookup, including those of
 * PostgreSQL and Redis.
 */
export function createResolveOutside({
  servers,
  timeoutMs = TIMEOUT_MS,
}: Options = {}): ResolveOutside {
  return async (name) => {
    // A new one each time: it reads the name servers of the machine, which may have changed.
    const resolver = new Resolver({ timeout: timeoutMs, tries: 2 });
    if (servers) resolver.setServers(servers);
    const [four, six] = await Promise.all([
      resolver.resolve4(name).catch(asError),
      resolver.resolve6(name).catch(asError),
    ]);
    const addresses = [...withFamily(four, 4), ...withFamily(six, 6)];
    if (addresses.length > 0) return addresses;
    throw four instanceof Error ? four : Object.assign(new Error(), { code: 'ENOTFOUND' });
  };
}

const asError = (error: Error) => error;
const withFamily = (found: string[] | Error, family: 4 | 6): LookupAddress[] =>
  found instanceof Error ? [] : found.map((address) => ({ address, family }));

export const resolveOutside = createResolveOutside();

/** The same in the form that a connection asks for. */
export const lookupOutside: LookupFunction = (name, { all }, done) => {
  resolveOutside(name).then(
    (addresses) => {
      const [first] = addresses;
      if (all) done(null, addresses);
      else done(null, first?.address ?? '', first?.family);
    },
    (error) => done(error, []),
  );
};
