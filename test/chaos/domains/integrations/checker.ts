import { Webhook } from 'standardwebhooks';
import type { Received } from '../../../integrations/receiver.ts';
import type { Change } from '../../audit.ts';
import { SECRET } from './outbox.ts';

/** A state that a session came into, as its event names it. */
interface Reached {
  id: string;
  type: string;
  version: number;
}

const STATES = new Set(['active', 'completed', 'failed']);

/** What the table says should be told to outside systems. */
export function reachedStates(changes: readonly Change[]): Reached[] {
  const states = new Map<string, unknown>();
  return changes.flatMap(({ table, op, row }) => {
    if (table !== 'sessions') return [];
    const [id, state] = [String(row['id']), String(row['state'])];
    const before = states.get(id);
    states.set(id, state);
    if (op === 'INSERT') return [{ id, type: 'session.created', version: 1 }];
    if (before === state || !STATES.has(state)) return [];
    return [{ id, type: `session.${state}`, version: Number(row['version']) }];
  });
}

/** States that no event arrived for. */
export function missing(reached: readonly Reached[], received: readonly Received[]): string[] {
  const arrived = new Set(received.map(({ type, data }) => `${type} ${data['id']}`));
  return reached
    .filter(({ type, id }) => !arrived.has(`${type} ${id}`))
    .map(({ type, id, version }) => `${type} of session ${id} (version ${version}) did not arrive`);
}

/** Events that arrived first although an event of a later version had arrived. */
export function outOfOrder(received: readonly Received[]): string[] {
  const newest = new Map<string, number>();
  const seen = new Set<string>();
  return received.flatMap(({ type, data, headers }) => {
    const id = String(data['id']);
    const version = Number(data['version']);
    if (seen.has(headers['webhook-id'] ?? '')) return [];
    seen.add(headers['webhook-id'] ?? '');
    const last = newest.get(id) ?? 0;
    newest.set(id, Math.max(last, version));
    return version > last ? [] : [`${type} of session ${id}: version ${version} after ${last}`];
  });
}

/** Events that the table knows nothing of, or whose signature is wrong. */
export function invented(reached: readonly Reached[], received: readonly Received[]): string[] {
  const known = new Set(reached.map(({ type, id, version }) => `${type} ${id} ${version}`));
  const webhook = new Webhook(SECRET);
  return received.flatMap(({ type, data, body, headers }) => {
    const name = `${type} ${data['id']} ${data['version']}`;
    if (!isSigned(webhook, body, headers)) return [`${name} is not signed`];
    return known.has(name) ? [] : [`${name} did not happen`];
  });
}

/** `verify` refuses a request that is older than five minutes, and a run takes longer. */
function isSigned(webhook: Webhook, body: string, headers: Received['headers']): boolean {
  const at = new Date(Number(headers['webhook-timestamp']) * 1000);
  const signature = webhook.sign(headers['webhook-id'] ?? '', at, body);
  return (headers['webhook-signature'] ?? '').split(' ').includes(signature);
}
