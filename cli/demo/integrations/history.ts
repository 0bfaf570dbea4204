/** What the clients and the receiver of one run observed: the input of all rules. */
export interface WebhookHistory {
  /** The sessions that a client saw completed. */
  completed: Set<string>;
  /** Requests in the order of their arrival, repeats too. */
  arrivals: Arrival[];
  /** Why requests were refused. */
  refusals: string[];
  /** The sender had its time after the last call, so that what has not arrived is missing. */
  isComplete: boolean;
}

export interface Arrival {
  /** `webhook-id`: that of the event. */
  id: string;
  type: string;
  sessionId: string;
  /** Feedback has none. */
  version: number | null;
  /** Of the body. */
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
