import type { Entry, Explained, TicketHistory } from './history.ts';

/**
 * Everybody who came later and was called first stands in the answer to "why were they first?", and nobody else.
 * Only for walk-ins that stayed in one queue; appointments come at their time, so they may stand in it.
 */
export const inOrder = ({ logs, explained }: TicketHistory): string[] => {
  const byTicket = new Map<string, { entries: Entry[]; own: Entry[] } | null>();
  for (const { entries } of logs.values())
    for (const entry of entries) {
      const known = byTicket.get(entry.ticketId);
      if (known === undefined) byTicket.set(entry.ticketId, { entries, own: [entry] });
      else if (known && known.entries === entries) known.own.push(entry);
      else byTicket.set(entry.ticketId, null); // it has been in two queues
    }
  return explained.flatMap((one) => {
    const found = byTicket.get(one.ticketId);
    const [first] = found?.own ?? [];
    if (!found || first?.type !== 'created' || first.isAppointment) return [];
    return differences(one, first, found.entries);
  });
};

function differences({ ticketId, codes }: Explained, first: Entry, entries: Entry[]): string[] {
  const listed = new Set(codes);
  const called = new Set<string>();
  const missing: string[] = [];
  let isWaiting = false;
  for (const entry of entries) {
    if (entry.ticketId === ticketId) {
      isWaiting = entry.state === 'waiting';
      continue;
    }
    if (!isWaiting || (entry.type !== 'called' && entry.type !== 'reserved')) continue;
    called.add(entry.code);
    const isLater = entry.createdAt > first.createdAt && !entry.isAppointment;
    if (isLater && !listed.has(entry.code)) missing.push(entry.code);
  }
  return [
    ...missing.map((code) => `ticket ${ticketId}: nobody said why ${code} was called first`),
    ...codes
      .filter((code) => !called.has(code))
      .map((code) => `ticket ${ticketId}: ${code} was not called while it waited`),
  ];
}
