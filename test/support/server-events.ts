import type { PushPayload, ServerToClient } from '../../contract/catalogue.ts';

/** What the simulated server of one domain's test sends: of `state:current` that domain's part alone. */
export type SimulatedPushes = Omit<ServerToClient, 'state:current'> & {
  'state:current': (now: Partial<PushPayload<'state:current'>>) => void;
};
