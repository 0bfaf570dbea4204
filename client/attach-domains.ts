import type { PushPayload } from '../contract/catalogue.ts';
import type { ClientCore } from './define-domain.ts';
import { type DomainOptions, type DomainParts, domains } from './domains.ts';

/** All domains of one client. */
export interface AttachedDomains {
  /** The part of each domain under its name. */
  parts: DomainParts;
  /** The result of a call or a command, under the name of its route or event. */
  absorb(name: string, result: unknown): void;
  connected(): void;
  disconnected(): void;
  snapshot(now: PushPayload<'state:current'>): void;
  resync(): void;
  reset(): void;
  close(): void;
}

/** Attaches every domain of `domains.ts` to `core`; the whole client drives them through the result. */
export function attachDomains(core: ClientCore, options: DomainOptions): AttachedDomains {
  const attached = domains.flatMap((domain) =>
    // A domain and its options have the same name; the type of a union of domains cannot say so.
    'attach' in domain
      ? [{ name: domain.name, ...domain.attach(core, options[domain.name] as never) }]
      : [],
  );
  const absorbers = new Map<string, (result: never) => void>(
    attached.flatMap(({ absorbs }) => Object.entries(absorbs)),
  );
  return {
    parts: Object.fromEntries(attached.map(({ name, api }) => [name, api])) as DomainParts,
    // A name and its result come from the same entry of the contract; a map cannot say so.
    absorb: (name, result) => absorbers.get(name)?.(result as never),
    connected: () => attached.forEach((domain) => void domain.connected()),
    disconnected: () => attached.forEach((domain) => void domain.disconnected()),
    snapshot: (now) => attached.forEach((domain) => void domain.snapshot(now)),
    resync: () => attached.forEach((domain) => void domain.resync()),
    reset: () => attached.forEach((domain) => void domain.reset()),
    close: () => attached.forEach((domain) => void domain.close()),
  };
}
