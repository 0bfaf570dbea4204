import type { Counter } from '../../../../contract/tickets.ts';
import type { Controller } from '../controller.ts';
import { COUNTER_STATES } from '../texts.ts';
import { Title } from './message.tsx';
import { Shortcut } from './shortcut.tsx';

interface Props {
  controller: Controller;
  counter: Counter;
  onToggle: () => void;
  onOpen: (dialog: 'new-ticket' | 'settings') => void;
}

/** Where I work, and what I do with the counter itself. */
export function CounterBar({ controller, counter, onToggle, onOpen }: Props) {
  const { attempt, counter: own } = controller;
  const isOpen = counter.state === 'open';
  const busy = controller.isBusy();
  const ids = counter.queueIds.join(',');
  return (
    <section class="counter-bar" aria-label="Counter">
      <div>
        <Title>{counter.name}</Title>
        <p>
          <span class={`state ${counter.state}`}>
            {COUNTER_STATES[counter.state]}
            {counter.pauseReason ? `: ${counter.pauseReason}` : ''}
          </span>{' '}
          <span class="soft">
            {controller
              .myQueues()
              .map(({ name }) => name)
              .join(', ')}
          </span>
        </p>
      </div>
      <div class="tools">
        <button type="button" disabled={busy} class={isOpen ? '' : 'main'} onClick={onToggle}>
          {isOpen ? 'Pause' : 'Open'} <Shortcut controller={controller}>P</Shortcut>
        </button>
        <button type="button" disabled={busy} onClick={() => onOpen('new-ticket')}>
          New ticket <Shortcut controller={controller}>A</Shortcut>
        </button>
        <a class="button" href={`/board/${ids}`} target="_blank" rel="noreferrer">
          Display
        </a>
        <button type="button" onClick={() => onOpen('settings')}>
          Settings
        </button>
        <button type="button" disabled={busy} onClick={() => attempt(own.finish)}>
          Close counter
        </button>
      </div>
    </section>
  );
}
