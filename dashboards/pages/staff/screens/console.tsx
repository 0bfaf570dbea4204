import { useLayoutEffect, useState } from 'preact/hooks';
import type { Ticket } from '../../../../contract/tickets.ts';
import type { Controller } from '../controller.ts';
import { type ActionButton, actionsFor } from '../desk/actions.ts';
import { sharedPrefixes } from '../desk/counters.ts';
import { keyOf, shortcutOf } from '../desk/shortcuts.ts';
import type { Asked } from '../desk/work.ts';
import { AskDialog } from '../dialogs/ask.tsx';
import { NewTicketDialog } from '../dialogs/new-ticket.tsx';
import { PauseDialog } from '../dialogs/pause.tsx';
import { SettingsDialog } from '../dialogs/settings.tsx';
import type { Screen } from '../screen.ts';
import { CounterBar } from './counter-bar.tsx';
import { CurrentTicket } from './current-ticket.tsx';
import { DayPanel } from './day-panel.tsx';
import { HeldList } from './held-list.tsx';
import { WaitingList } from './waiting-list.tsx';

/** The open dialog. `ask` belongs to one action with one ticket. */
export type Dialog =
  | { kind: 'new-ticket' }
  | { kind: 'pause' }
  | { kind: 'settings' }
  | { kind: 'ask'; button: ActionButton; ticket: Ticket };

interface Props {
  controller: Controller;
  screen: Extract<Screen, { kind: 'console' }>;
}

export function Console({ controller, screen: { counter } }: Props) {
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const close = () => setDialog(null);
  const ticket = controller.ticket();
  const around = {
    isFree: counter.state === 'open' && ticket === null,
    canTransfer: (controller.directory.queues() ?? []).length > 1,
  };
  const act = (button: ActionButton, one: Ticket) => {
    if (button.asks === 'nothing') void controller.act(button.action, one);
    else setDialog({ kind: 'ask', button, ticket: one });
  };
  const toggle = () => {
    if (counter.state === 'open') setDialog({ kind: 'pause' });
    else void controller.attempt(controller.counter.open);
  };

  const press = (key: string): boolean => {
    if (key === 'N' && around.isFree) void controller.callNext();
    else if (key === 'P') toggle();
    else if (key === 'A') setDialog({ kind: 'new-ticket' });
    else if (key === 'U' && controller.undo.current()) void controller.undoLast();
    else {
      const button = ticket && actionsFor(ticket, around).find((one) => one.key === key);
      if (!ticket || !button) return false;
      act(button, ticket);
    }
    return true;
  };
  // Before the next key: an effect after the paint would still act on the ticket that is gone.
  useLayoutEffect(() => {
    if (!controller.settings().keys) return;
    const listener = (event: KeyboardEvent) => {
      const key = shortcutOf(keyOf(event));
      if (key !== null && press(key)) event.preventDefault();
    };
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  });

  const shared = sharedPrefixes([counter], controller.directory.queues() ?? []);
  return (
    <>
      <CounterBar
        controller={controller}
        counter={counter}
        onToggle={toggle}
        onOpen={(kind) => setDialog({ kind })}
      />
      {controller.counter.isLost() ? (
        <p class="notice">
          This counter lost its connection, or someone else paused it. Open it to continue.
        </p>
      ) : null}
      {shared.map(({ prefix, names }) => (
        <p key={prefix} class="notice">
          {names.join(' and ')} share the prefix {prefix}: their codes look the same when they are
          called here.
        </p>
      ))}
      <div class="columns">
        <div>
          <CurrentTicket controller={controller} counter={counter} around={around} onAct={act} />
          <HeldList controller={controller} around={around} onAct={act} />
          <DayPanel controller={controller} />
        </div>
        <WaitingList controller={controller} around={around} onAct={act} />
      </div>
      <OpenDialog dialog={dialog} controller={controller} onClose={close} />
    </>
  );
}

interface DialogProps {
  dialog: Dialog | null;
  controller: Controller;
  onClose: () => void;
}

function OpenDialog({ dialog, controller, onClose }: DialogProps) {
  if (dialog === null) return null;
  const common = { controller, onClose };
  switch (dialog.kind) {
    case 'new-ticket':
      return <NewTicketDialog {...common} />;
    case 'pause':
      return <PauseDialog {...common} />;
    case 'settings':
      return <SettingsDialog {...common} />;
    case 'ask': {
      const { button, ticket } = dialog;
      const answer = (asked: Asked) => {
        onClose();
        void controller.act(button.action, controller.live.find(ticket.id) ?? ticket, asked);
      };
      return <AskDialog {...common} button={button} ticket={ticket} onAnswer={answer} />;
    }
  }
}
