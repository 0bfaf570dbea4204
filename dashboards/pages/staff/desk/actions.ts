import type { Ticket } from '../../../../contract/tickets.ts';

/** What staff do with one ticket. */
export type Action =
  | 'start'
  | 'recall'
  | 'complete'
  | 'hold'
  | 'resume'
  | 'call'
  | 'arrive'
  | 'back'
  | 'no-show'
  | 'return'
  | 'transfer'
  | 'cancel';

export interface ActionButton {
  action: Action;
  label: string;
  /** The key for the ticket at the counter. */
  key: string;
  tone: 'main' | 'plain' | 'end';
  /** What must be asked first. */
  asks: 'nothing' | 'place' | 'queue' | 'reason';
}

const button = (
  action: Action,
  label: string,
  key: string,
  tone: ActionButton['tone'] = 'plain',
  asks: ActionButton['asks'] = 'nothing',
): ActionButton => ({ action, label, key, tone, asks });

const BUTTONS: Record<Action, ActionButton> = {
  start: button('start', 'Start', 'S', 'main'),
  complete: button('complete', 'Complete', 'C', 'main'),
  resume: button('resume', 'Resume', 'E', 'main'),
  call: button('call', 'Call now', 'L', 'main'),
  recall: button('recall', 'Call again', 'R'),
  arrive: button('arrive', 'Has arrived', 'V'),
  back: button('back', 'Is back', 'I'),
  hold: button('hold', 'Hold', 'H'),
  return: button('return', 'Put back', 'B', 'plain', 'place'),
  transfer: button('transfer', 'Transfer', 'T', 'plain', 'queue'),
  'no-show': button('no-show', "Didn't come", 'X', 'end'),
  cancel: button('cancel', 'Cancel ticket', 'K', 'end', 'reason'),
};

/** From which states each action is legal. `test/tickets/pages` compares it with the rule of the server. */
export const LEGAL: Record<Action, readonly Ticket['state'][]> = {
  start: ['called'],
  complete: ['processing'],
  resume: ['held'],
  call: ['waiting'],
  recall: ['called'],
  arrive: ['waiting'],
  back: ['waiting'],
  hold: ['processing'],
  return: ['called', 'processing', 'held'],
  transfer: ['waiting', 'called', 'processing', 'held'],
  'no-show': ['waiting', 'called'],
  cancel: ['waiting', 'called', 'held'],
};

/** What the actions depend on beside the ticket. */
export interface Around {
  /** My counter is open and has no ticket. */
  isFree: boolean;
  /** There is another queue. */
  canTransfer: boolean;
}

/** The legal actions of a ticket, in the order in which they are shown. */
export function actionsFor(ticket: Ticket, { isFree, canTransfer }: Around): ActionButton[] {
  const fits: Partial<Record<Action, boolean>> = {
    call: isFree,
    resume: isFree,
    transfer: canTransfer,
    arrive: ticket.scheduledAt !== null && ticket.arrivedAt === null,
    back: ticket.awayUntil !== null,
  };
  return Object.values(BUTTONS).filter(
    ({ action }) => LEGAL[action].includes(ticket.state) && fits[action] !== false,
  );
}

/** The finished states of which a click is undone. */
export const isFinished = ({ state }: Ticket): boolean =>
  state === 'done' || state === 'no_show' || state === 'cancelled';
