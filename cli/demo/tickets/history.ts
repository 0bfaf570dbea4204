import type { Board, LoggedEvent, LoggedTicket, TicketState } from '../../../contract/tickets.ts';

/** What staff, displays and the logs showed in one run: the input of all rules. */
export interface TicketHistory {
  /** The log of each queue since the run began, read at the end. */
  logs: Map<string, QueueLog>;
  /** Answers to `call-next`. */
  calls: CallAnswer[];
  /** The newest board of each display. */
  displays: Map<string, ShownBoard>;
  /** Boards that showed the name of a person. */
  named: string[];
  /** Answers to "why were they first?". */
  explained: Explained[];
  /** Everybody who took a ticket, and where it stood at the end. */
  endings: Map<string, TicketState | 'unknown'>;
  /** The end was reached in order: what is missing now is missing for good. */
  isComplete: boolean;
}

export interface QueueLog {
  /** The head of the log when the run began. */
  from: number;
  /** The head at the end. */
  head: number;
  /** Of the run, as the log has them. */
  entries: Entry[];
  /** The same, as a watcher was told. */
  watched: Entry[];
}

export interface Entry {
  queueId: string;
  seq: number;
  /** Without the prefix `ticket.`. */
  type: string;
  at: number;
  ticketId: string;
  version: number;
  code: string;
  state: TicketState;
  counterId: string | null;
  createdAt: number;
  isAppointment: boolean;
  /** The queue in which the ticket is behind this entry. */
  ticketQueueId: string;
}

export interface CallAnswer {
  counterId: string;
  ticketId: string;
  version: number;
}
export interface ShownBoard {
  queueId: string;
  seq: number;
}
export interface Explained {
  ticketId: string;
  /** Codes of those who were called before it. */
  codes: string[];
}

export const emptyHistory = (): TicketHistory => ({
  ...{ logs: new Map(), calls: [], displays: new Map(), named: [], explained: [] },
  ...{ endings: new Map(), isComplete: false },
});

export const entryOf = ({
  queueId,
  seq,
  type,
  at,
  ticket,
}: Omit<LoggedEvent, 'ticket'> & { ticket: LoggedTicket }): Entry => ({
  ...{ queueId, seq, type: type.replace('ticket.', ''), at: Date.parse(at) },
  ...{ ticketId: ticket.id, version: ticket.version, code: ticket.code, state: ticket.state },
  ...{ counterId: ticket.counterId, createdAt: Date.parse(ticket.createdAt) },
  ...{ isAppointment: ticket.scheduledAt !== null, ticketQueueId: ticket.queueId },
});

/** People of the demo have names that begin with it. */
export const NAME = 'Demo visitor';

/** Note what a display shows. */
export function noteBoard(history: TicketHistory, display: string, board: Board): void {
  const { id: queueId } = board.queue;
  const { seq } = board;
  history.displays.set(`${display} of queue ${queueId}`, { queueId, seq });
  if (JSON.stringify(board).includes(NAME)) history.named.push(`queue ${queueId}, seq ${seq}`);
}
