import { useState } from 'preact/hooks';
import { encode } from 'uqr';
import type { Controller } from '../controller.ts';
import type { NewTicket, TicketForm } from '../desk/new-ticket.ts';
import { Buttons, Dialog } from './dialog.tsx';

const PRIORITIES = Array.from({ length: 11 }, (_, priority) => priority);

/** The address of the page of a ticket. What follows # is not sent to any server. */
export const ticketLink = ({ id, claimToken }: Pick<NewTicket, 'id' | 'claimToken'>): string =>
  `${location.origin}/ticket/${id}#${claimToken}`;

export function NewTicketDialog({
  controller,
  onClose,
}: {
  controller: Controller;
  onClose: () => void;
}) {
  const [made, setMade] = useState<NewTicket | null>(null);
  return (
    <Dialog title={made ? `Ticket ${made.code}` : 'New ticket'} onClose={onClose}>
      {made ? (
        <Made ticket={made} onClose={onClose} onAnother={() => setMade(null)} />
      ) : (
        <Form controller={controller} onClose={onClose} onMade={setMade} />
      )}
    </Dialog>
  );
}

interface FormProps {
  controller: Controller;
  onClose: () => void;
  onMade: (ticket: NewTicket) => void;
}

function Form({ controller, onClose, onMade }: FormProps) {
  const queues = controller.myQueues();
  const [form, setForm] = useState<TicketForm>({ queueId: queues[0]?.id ?? '' });
  const [at, setAt] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    const { customerName, ...rest } = form;
    const named = customerName?.trim() ? { customerName: customerName.trim() } : {};
    const scheduled = at === '' ? {} : { scheduledAt: new Date(at).toISOString() };
    const ticket = await controller.newTicket({ ...rest, ...named, ...scheduled });
    if (ticket) onMade(ticket);
  };
  return (
    <form onSubmit={submit} noValidate>
      {queues.length > 1 ? (
        <label>
          Queue
          <select
            value={form.queueId}
            onChange={({ currentTarget: { value } }) => setForm({ ...form, queueId: value })}
          >
            {queues.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <label>
        Name (optional)
        <input
          type="text"
          name="customerName"
          maxLength={80}
          autocomplete="off"
          value={form.customerName ?? ''}
          onInput={({ currentTarget }) => setForm({ ...form, customerName: currentTarget.value })}
        />
      </label>
      <div class="pair">
        <label>
          Priority
          <select
            value={form.priority ?? 0}
            onChange={({ currentTarget: { value } }) =>
              setForm({ ...form, priority: Number(value) })
            }
          >
            {PRIORITIES.map((priority) => (
              <option key={priority} value={priority}>
                {priority === 0 ? 'None' : priority}
              </option>
            ))}
          </select>
        </label>
        <label>
          Appointment (optional)
          <input
            type="datetime-local"
            name="scheduledAt"
            value={at}
            onInput={({ currentTarget }) => setAt(currentTarget.value)}
          />
        </label>
      </div>
      <p class="error" role="alert">
        {controller.error() ?? ''}
      </p>
      <Buttons onClose={onClose}>
        <button type="submit" class="main" disabled={controller.isBusy()}>
          Create ticket
        </button>
      </Buttons>
    </form>
  );
}

interface MadeProps {
  ticket: NewTicket;
  onClose: () => void;
  onAnother: () => void;
}

function Made({ ticket, onClose, onAnother }: MadeProps) {
  const link = ticketLink(ticket);
  return (
    <>
      <p class="code">{ticket.code}</p>
      <QrCode text={link} label={`QR code of the page of ${ticket.code}`} />
      <p>
        They scan it with their phone, or open{' '}
        <a href={link} target="_blank" rel="noreferrer">
          the page of the ticket
        </a>
        .
      </p>
      <Buttons onClose={onClose} close="Done">
        <button type="button" class="main" onClick={onAnother}>
          Another ticket
        </button>
      </Buttons>
    </>
  );
}

/** Dark on light in both colour schemes: cameras expect it. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: 2 });
  const path = data
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`}>
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
