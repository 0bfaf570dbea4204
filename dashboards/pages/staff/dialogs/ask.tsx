import { useState } from 'preact/hooks';
import type { Place, Queue, Ticket } from '../../../../contract/tickets.ts';
import type { Controller } from '../controller.ts';
import type { ActionButton } from '../desk/actions.ts';
import type { Asked } from '../desk/work.ts';
import { Buttons, Dialog } from './dialog.tsx';

interface Props {
  controller: Controller;
  button: ActionButton;
  ticket: Ticket;
  onClose: () => void;
  onAnswer: (asked: Asked) => void;
}

const PLACES: [label: string, place: Place][] = [
  ['First: the next call', 'first'],
  ['After 3 people', { after: 3 }],
  ['After 10 people', { after: 10 }],
  ['Last', 'last'],
];

/** What an action needs to know first: a place, another queue, a reason. */
export function AskDialog({ controller, button, ticket, onClose, onAnswer }: Props) {
  const others = (controller.directory.queues() ?? []).filter(({ id }) => id !== ticket.queueId);
  const [place, setPlace] = useState(0);
  const [queueId, setQueueId] = useState(others[0]?.id ?? '');
  const [reason, setReason] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    if (button.asks === 'place') onAnswer({ place: PLACES[place]?.[1] ?? 'first' });
    else if (button.asks === 'queue') onAnswer({ queueId });
    else onAnswer(reason.trim() === '' ? {} : { reason: reason.trim() });
  };
  return (
    <Dialog title={`${button.label}: ${ticket.code}`} onClose={onClose}>
      <form onSubmit={submit}>
        {button.asks === 'place' ? <Places chosen={place} onChange={setPlace} /> : null}
        {button.asks === 'queue' ? (
          <OtherQueue queues={others} chosen={queueId} onChange={setQueueId} />
        ) : null}
        {button.asks === 'reason' ? (
          <label>
            Reason (optional)
            <input
              type="text"
              name="reason"
              maxLength={200}
              autocomplete="off"
              value={reason}
              onInput={({ currentTarget }) => setReason(currentTarget.value)}
            />
          </label>
        ) : null}
        <Buttons onClose={onClose} close="Go back">
          <button type="submit" class={button.tone === 'end' ? 'end' : 'main'}>
            {button.label}
          </button>
        </Buttons>
      </form>
    </Dialog>
  );
}

const Places = ({ chosen, onChange }: { chosen: number; onChange: (at: number) => void }) => (
  <fieldset>
    <legend>Where to</legend>
    {PLACES.map(([label], index) => (
      <label key={label} class="check">
        <input
          type="radio"
          name="place"
          checked={chosen === index}
          onChange={() => onChange(index)}
        />
        {label}
      </label>
    ))}
  </fieldset>
);

interface OtherProps {
  queues: readonly Queue[];
  chosen: string;
  onChange: (id: string) => void;
}
/** Enter on a radio button submits, which a select does not. */
const OtherQueue = ({ queues, chosen, onChange }: OtherProps) => (
  <fieldset>
    <legend>To the queue</legend>
    {queues.map(({ id, name }) => (
      <label key={id} class="check">
        <input type="radio" name="queue" checked={chosen === id} onChange={() => onChange(id)} />
        {name}
      </label>
    ))}
  </fieldset>
);
