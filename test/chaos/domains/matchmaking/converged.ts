import { isLive } from '../../../../client/matchmaking/state.ts';
import { currentRequest } from '../../../../db/matchmaking/requests/requests.ts';
import { currentSession } from '../../../../db/matchmaking/sessions/sessions.ts';
import type { World } from '../../world/world.ts';
import type { Crowd } from './crowd.ts';

/** Everyone present is connected, and their state equals the tables. */
export async function viewsDiffer({ db }: World, crowd: Crowd): Promise<string[]> {
  const found: string[] = [];
  for (const { client, userId, server } of crowd.people()) {
    if (client.status !== 'connected') {
      found.push(`${userId} is not connected to server-${server + 1}: ${client.status}`);
      continue;
    }
    const [request, session] = [await currentRequest(db, userId), await currentSession(db, userId)];
    const held = client.matchmaking.state.matchRequest;
    const isNews = request && (held?.id !== request.id || held.version !== request.version);
    // A client may keep an ended request that the server no longer returns.
    if (isNews)
      found.push(
        `${userId} holds request ${held?.id}@${held?.version} ${held?.state}, true is ${request.id}@${request.version} ${request.state}`,
      );
    if (!request && held?.state === 'waiting') found.push(`${userId} believes to wait`);
    const call = client.matchmaking.state.session;
    const calls = session && (call?.id !== session.id || call.version !== session.version);
    if (calls)
      found.push(
        `${userId} holds session ${call?.id}@${call?.version}, true is ${session.id}@${session.version}`,
      );
    if (!session && isLive(call)) found.push(`${userId} believes to be in session ${call?.id}`);
  }
  return found;
}
