import type { Express } from 'express';
import type { AdminDeps } from './deps.ts';

export interface Problem {
  level: 'bad' | 'warn';
  text: string;
  /** Where an operator can do something about it. */
  href?: string;
}

export type PanelDeps = Pick<AdminDeps, 'config' | 'db' | 'redis'>;

/**
 * What a domain shows operators. Its browser side is `pages/panels/<name>.js`, which the overview page
 * loads for every panel that the overview sends.
 */
export interface Panel<Name extends string, Data> {
  name: Name;
  /** Called once a process. The function that it returns is called at most once a second; it may throw while a store is unavailable. */
  createReader(deps: PanelDeps): () => Promise<Data>;
  /** Pure: what an operator should look at. */
  problems?(data: Data): Problem[];
  /** Pages of the domain, below `/admin/<name>/`. They are behind the sign-in: staff and admins see them. */
  pages?(app: Express, deps: AdminDeps): void;
  /** Sets the domain's gauges of the whole installation, at most once a second before a scrape. */
  measure?(deps: PanelDeps): Promise<void>;
}
