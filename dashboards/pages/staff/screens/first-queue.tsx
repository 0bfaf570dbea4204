import { useState } from 'preact/hooks';
import type { Controller } from '../controller.ts';
import { Title } from './message.tsx';

/** One field: everything else of a queue has a default. */
export function QueueForm({ controller, label }: { controller: Controller; label: string }) {
  const [name, setName] = useState('');
  const [missing, setMissing] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    if (name.trim() === '') return setMissing('Enter a name.');
    setMissing('');
    if (await controller.createQueue(name.trim())) setName('');
  };
  return (
    <form onSubmit={submit} noValidate>
      <label>
        Name of the queue
        <input
          type="text"
          name="queue"
          maxLength={80}
          autocomplete="off"
          placeholder="Reception"
          value={name}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </label>
      <p class="error" role="alert">
        {missing}
      </p>
      <div class="actions">
        <button type="submit" class="main" disabled={controller.isBusy()}>
          {label}
        </button>
      </div>
    </form>
  );
}

export const FirstQueue = ({ controller }: { controller: Controller }) => (
  <>
    <Title>Create your first queue</Title>
    <p class="lead">
      People take a ticket and wait in a queue. You call them to a counter. A name is all it needs;
      you can change everything later.
    </p>
    <QueueForm controller={controller} label="Create queue" />
  </>
);
