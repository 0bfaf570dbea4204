import { readdirSync } from 'node:fs';
import type { AuthorizationDomain } from './domain.ts';

const folder = new URL('./domains/', import.meta.url);

/** Every file of `domains/`. */
export const findAuthorizationDomains = (): Promise<AuthorizationDomain[]> =>
  Promise.all(
    readdirSync(folder).map(async (name) => {
      const module: { authorization: AuthorizationDomain } = await import(
        new URL(name, folder).href
      );
      return module.authorization;
    }),
  );
