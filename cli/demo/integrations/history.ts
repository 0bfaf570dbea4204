/** What the clients and the receiver observed in one run: the input of all rules. */
export interface WebhookHistory {
  /** The sessions that a client saw completed. */
  completed: Set<string>;
  /** Requests in the order of their arrival, repeats too. */
  arrivals: Arrival[];
  /** Why requests were refused. */
  refusals: string[];
  /** The receiver waited long enough after the last call: an event that has not arrived is missing. */
  isComplete: boolean;
}

export interface Arrival {
  /** The header `webhook-id`: the id of the event. */
  id: string;
  type: string;
  sessionId: string;
  /** Null for feedback, which has no version. */
  version: number | null;
  /** SHA-256 of the body. */
  hash: string;
}

export const emptyHistory = (): WebhookHistory => ({
  completed: new Set(),
  arrivals: [],
  refusals: [],
  isComplete: false,
});

/** The sessions that a client saw completed and whose event has not arrived. */
export function missingSessions({ completed, arrivals }: WebhookHistory): string[] {
  const arrived = new Set(
    arrivals.flatMap(({ type, sessionId }) => (type === 'session.completed' ? [sessionId] : [])),
  );
  return [...completed].filter((id) => !arrived.has(id));
}
