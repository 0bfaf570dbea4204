/** What the clients and the receiver observed in one run: the input of all rules. */
export interface WebhookHistory {
  /** The sessions that a client saw, in any state. */
  seen: Set<string>;
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
  seen: new Set(),
  completed: new Set(),
  arrivals: [],
  refusals: [],
  isComplete: false,
});

/** What clients saw and the receiver has not: sessions without `session.created`, or without `session.completed`. */
export function missingEvents({ seen, completed, arrivals }: WebhookHistory) {
  const arrived = (wanted: string) =>
    new Set(arrivals.flatMap(({ type, sessionId }) => (type === wanted ? [sessionId] : [])));
  const created = arrived('session.created');
  const ended = arrived('session.completed');
  return {
    created: [...seen].filter((id) => !created.has(id)),
    completed: [...completed].filter((id) => !ended.has(id)),
  };
}
