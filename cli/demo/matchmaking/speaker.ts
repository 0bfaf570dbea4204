import type { Client } from '../../../client/create-client.ts';
import type { Random } from '../chance.ts';
import type { SignalHeard } from './history.ts';

/** One of the two participants, and how they treat errors. */
export interface Speaker {
  client: Client;
  userId: string;
  random: Random;
  signal: AbortSignal;
  /** Null when it ended in an error; `usual` ones are expected. */
  attempt<T>(act: () => Promise<T>, ...usual: string[]): Promise<T | null>;
  onHeard(heard: SignalHeard): void;
  onSaid(): void;
}
