import { useState } from 'preact/hooks';
import type { Counter, Queue } from '../../../../contract/tickets.ts';
import type { Controller } from '../controller.ts';
import { nextCounterName, queuesOf } from '../desk/counters.ts';
import { COUNTER_STATES, codeLooks } from '../texts.ts';
import { QueueForm } from './first-queue.tsx';
import { Title } from './message.tsx';

/** Choose where to work. After the first queue there is no counter: one click creates and opens it. */
export function Counters({ controller }: { controller: Controller }) {
  const { directory } = controller;
  const queues = directory.queues() ?? [];
  const counters = directory.counters();
  const [first] = queues;
  if (counters.length === 0 && queues.length === 1 && first)
    return <FirstCounter controller={controller} queue={first} />;
  return (
    <>
      <Title>Where do you work?</Title>
      <ul class="cards">
        {counters.map((counter) => (
          <li key={counter.id}>
            <CounterCard controller={controller} counter={counter} queues={queues} />
          </li>
        ))}
      </ul>
      <details open={counters.length === 0}>
        <summary>New counter</summary>
        <CounterForm controller={controller} queues={queues} />
      </details>
      <details>
        <summary>New queue</summary>
        <QueueForm controller={controller} label="Create queue" />
      </details>
      <p>
        <a href="/staff/day">The day of a queue</a>
      </p>
    </>
  );
}

const FirstCounter = ({ controller, queue }: { controller: Controller; queue: Queue }) => (
  <>
    <Title>“{queue.name}” is ready</Title>
    <p class="lead">
      Its tickets get codes such as <strong>{codeLooks(queue)}</strong>. Open a counter to call
      people.
    </p>
    <div class="actions">
      <button
        type="button"
        class="main"
        disabled={controller.isBusy()}
        onClick={() => controller.createCounter([queue.id])}
      >
        Open {nextCounterName([])}
      </button>
    </div>
  </>
);

interface CardProps {
  controller: Controller;
  counter: Counter;
  queues: readonly Queue[];
}

function CounterCard({ controller, counter, queues }: CardProps) {
  const names = queuesOf(counter, queues).map(({ name }) => name);
  return (
    <button
      type="button"
      class="card"
      disabled={controller.isBusy()}
      onClick={() => controller.attempt(() => controller.counter.choose(counter.id))}
    >
      <strong>{counter.name}</strong>
      <span>{names.join(', ')}</span>
      <span class={`state ${counter.state}`}>
        {COUNTER_STATES[counter.state]}
        {counter.pauseReason ? `: ${counter.pauseReason}` : ''}
      </span>
    </button>
  );
}

function CounterForm({ controller, queues }: Omit<CardProps, 'counter'>) {
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string[]>(() => queues.map(({ id }) => id));
  const [missing, setMissing] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    if (chosen.length === 0) return setMissing('Choose at least one queue.');
    setMissing('');
    void controller.createCounter(chosen, name.trim() === '' ? undefined : name.trim());
  };
  return (
    <form onSubmit={submit} noValidate>
      <label>
        Name of the counter
        <input
          type="text"
          name="counter"
          maxLength={60}
          autocomplete="off"
          placeholder={nextCounterName(controller.directory.counters())}
          value={name}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </label>
      <QueueChoice queues={queues} chosen={chosen} onChange={setChosen} />
      <p class="error" role="alert">
        {missing}
      </p>
      <div class="actions">
        <button type="submit" class="main" disabled={controller.isBusy()}>
          Create and open
        </button>
      </div>
    </form>
  );
}

interface ChoiceProps {
  queues: readonly Queue[];
  chosen: readonly string[];
  onChange: (ids: string[]) => void;
}

export const QueueChoice = ({ queues, chosen, onChange }: ChoiceProps) => (
  <fieldset>
    <legend>It serves</legend>
    {queues.map(({ id, name, prefix }) => (
      <label key={id} class="check">
        <input
          type="checkbox"
          checked={chosen.includes(id)}
          onChange={({ currentTarget: { checked } }) =>
            onChange(checked ? [...chosen, id] : chosen.filter((one) => one !== id))
          }
        />
        {name} <small>{codeLooks({ prefix })}</small>
      </label>
    ))}
  </fieldset>
);
