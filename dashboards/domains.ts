import { accounts } from './accounts/panel.ts';
import { integrations } from './integrations/panel.ts';
import { matchmaking } from './matchmaking/panel.ts';
import type { Panel } from './panel.ts';
import { tickets } from './tickets/panel.ts';

/** The domains that operators see, in the order of the page. */
export const domains = [matchmaking, accounts, tickets, integrations] as const;

type Domain = (typeof domains)[number];
/** The data of each panel by its name; null while the store that it comes from does not answer. */
export type PanelData = {
  [D in Domain as D['name']]: (D extends Panel<string, infer Data> ? Data : never) | null;
};
