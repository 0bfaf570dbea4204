import { useEffect, useRef, useState } from 'preact/hooks';
import type { Action } from './actions.ts';
import { isAppointmentAhead, type Screen } from './screen.ts';

interface Props {
  screen: Screen;
  act: (action: Action) => Promise<void>;
}

/** What the person can do with the ticket now. */
export function Verbs({ screen, act }: Props) {
  const [isAsking, ask] = useState(false);
  const cancel = useRef<HTMLButtonElement>(null);
  const wasAsking = useRef(false);
  useEffect(() => {
    if (wasAsking.current && !isAsking) cancel.current?.focus();
    wasAsking.current = isAsking;
  }, [isAsking]);
  if (!('ticket' in screen)) return null;
  const { ticket } = screen;
  if (!['waiting', 'called', 'held'].includes(ticket.state)) return null;
  if (isAsking)
    return (
      <Confirm
        code={ticket.code}
        keep={() => ask(false)}
        cancel={() => {
          ask(false);
          void act('cancel');
        }}
      />
    );
  const button = (action: Action, text: string, style = '') => (
    <button type="button" class={style} onClick={() => act(action)}>
      {text}
    </button>
  );
  return (
    <div class="actions">
      {screen.kind === 'away' ? button('back', "I'm back", 'main') : null}
      {screen.kind === 'waiting' && ticket.arrivedAt === null
        ? button('arrive', "I'm here", isAppointmentAhead(ticket) ? 'main' : '')
        : null}
      {screen.kind === 'waiting' ? button('pause', 'I need five minutes') : null}
      <button type="button" class="end" ref={cancel} onClick={() => ask(true)}>
        Cancel my ticket
      </button>
    </div>
  );
}

interface ConfirmProps {
  code: string;
  keep: () => void;
  cancel: () => void;
}

function Confirm({ code, keep, cancel }: ConfirmProps) {
  const legend = useRef<HTMLLegendElement>(null);
  useEffect(() => legend.current?.focus(), []);
  return (
    <fieldset class="confirm">
      <legend ref={legend} tabIndex={-1}>
        Cancel ticket {code}? You lose your place.
      </legend>
      <div class="actions">
        <button type="button" class="main" onClick={keep}>
          Keep my ticket
        </button>
        <button type="button" class="end" onClick={cancel}>
          Cancel it
        </button>
      </div>
    </fieldset>
  );
}
