import type { Client } from '../../../../client/create-client.ts';
import type { Ticket } from '../../../../contract/tickets.ts';
import type { Place } from './place.ts';

/** An answer with a ticket: what it says was committed. */
export interface Acknowledged {
  at: number;
  ticketId: string;
  version: number;
  state: Ticket['state'];
  /** The counter that called it, for an answer to `call-next`. */
  calledBy: string | null;
}
/** What everybody who simulates a person has. */
export interface Simulation {
  place: Place;
  urls: readonly string[];
  acknowledged: Acknowledged[];
  /** Aborts when everybody is to rest. */
  signal: AbortSignal;
  /** A staff client at this server; closed with the crowd. */
  staffAt(server: number): Client;
  /** Notes the answer. Null after an error that clients get. */
  ask<T>(act: () => Promise<T>, calledBy?: string): Promise<T | null>;
}
