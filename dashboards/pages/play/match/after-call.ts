import type { Client } from '../../../../client/create-client.ts';
import type { ExtrasHolder } from './extras.ts';

/** Feedback on a call and a report of a partner. */
export interface AfterCall {
  rate(rating: number, note: string): Promise<void>;
  block(userId: string): Promise<void>;
  report(userId: string, sessionId: string, reason: string): Promise<void>;
}

export const createAfterCall = (client: Client, extras: ExtrasHolder): AfterCall => ({
  rate: async (rating, note) => {
    const id = client.matchmaking.state.session?.id;
    if (id === undefined) return;
    const given = note.trim().replace(/\s+/g, ' ');
    const ok = await extras.attempt('rate', () =>
      client.http.giveFeedback({ id, rating, ...(given ? { note: given } : {}) }),
    );
    if (ok || extras.get().error === 'session.feedback_given')
      extras.set({ rated: true, error: null });
  },
  block: async (userId) => {
    if (await extras.attempt('block', () => client.http.block({ userId })))
      extras.set({ blocked: true });
  },
  report: async (userId, sessionId, reason) => {
    const send = () => client.http.reportUser({ userId, sessionId, reason });
    if (await extras.attempt('report', send)) extras.set({ reported: true });
  },
});
