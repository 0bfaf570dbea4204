import { useEffect, useReducer } from 'preact/hooks';
import type { BoardController } from './controller.ts';
import { usePainted } from './painted.ts';
import { type QueueCard, type Screen, type ShownCall, screenOf } from './screen.ts';
import { callWords, statusWords, timeWords, waitWords } from './texts.ts';

/** The page of a display. */
export function App({ controller }: { controller: BoardController }) {
  const [, changed] = useReducer((count: number) => count + 1, 0);
  useEffect(() => controller.onChange(() => changed(undefined)), [controller]);
  const screen = screenOf(controller.view());
  usePainted(() => {
    if (screen.kind === 'board') controller.painted(screen.shown);
  });
  const title = titleOf(screen);
  useEffect(() => {
    document.title = `${title} · Foyer`;
  }, [title]);

  return (
    <>
      <header>
        <h1>{title}</h1>
        {controller.isMuted() ? (
          <button type="button" onClick={controller.unlockSound}>
            Tap for sound
          </button>
        ) : null}
        <Clock />
      </header>
      <main data-screen={screen.kind}>
        {screen.kind === 'board' ? <Board screen={screen} /> : <Message screen={screen} />}
      </main>
      <p class="unseen" role="status" aria-live="polite">
        {screen.kind === 'board' ? callWords(screen.last) : ''}
      </p>
    </>
  );
}

function titleOf(screen: Screen): string {
  if (screen.kind !== 'board') return 'Board';
  const [only, ...others] = screen.cards;
  return only && others.length === 0 ? only.name : 'Now calling';
}

function Board({ screen }: { screen: Extract<Screen, { kind: 'board' }> }) {
  const { last, earlier, cards, missing, offlineSince } = screen;
  return (
    <>
      {offlineSince === null ? null : (
        <p class="notice" role="alert">
          No connection since {timeWords(offlineSince)}. New calls are missing here.
        </p>
      )}
      {missing.length === 0 ? null : (
        <p class="notice">
          {missing.length === 1 ? 'This queue does not exist' : 'These queues do not exist'}:{' '}
          {missing.join(', ')}.
        </p>
      )}
      <div class="calls">
        {last.length === 0 ? (
          <p class="nobody">Nobody has been called yet.</p>
        ) : (
          <section class="last" aria-label="Last called">
            <ul data-layout={layoutOf(last.length)}>
              {last.map((call) => (
                <LastCall key={call.key} call={call} />
              ))}
            </ul>
          </section>
        )}
        {earlier.length === 0 ? null : (
          <section class="earlier">
            <h2>Called before</h2>
            <ul>
              {earlier.map((call) => (
                <li key={call.key}>
                  <b>{call.code}</b>
                  <span>{call.counter}</span>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
      <ul class="queues" data-many={cards.length > FEW_QUEUES}>
        {cards.map((card) => (
          <Card key={card.id} card={card} isOnly={cards.length === 1} />
        ))}
      </ul>
    </>
  );
}

/** With more of them, their cards become small, so that the calls stay large. */
const FEW_QUEUES = 5;

/** How many cells the grid of the last calls has. */
const layoutOf = (count: number): string =>
  count <= 1 ? 'one' : count === 2 ? 'two' : count <= 4 ? 'four' : 'nine';

/** Long codes and names get a smaller size, so that they stay on one line. */
const sizeOf = ({ length }: string): string =>
  length <= 4 ? 'short' : length <= 6 ? 'long' : 'longest';

const LastCall = ({ call: { code, counter, queueName } }: { call: ShownCall }) => (
  <li>
    {queueName === null ? null : <small>{queueName}</small>}
    <b data-size={sizeOf(code)}>{code}</b>
    {counter === null ? null : (
      <span data-size={counter.length > 14 ? 'long' : 'short'}>{counter}</span>
    )}
  </li>
);

function Card({ card, isOnly }: { card: QueueCard; isOnly: boolean }) {
  const { name, waiting, wait } = card;
  const status = statusWords(card, Date.now());
  return (
    <li data-only={isOnly}>
      {isOnly ? null : <h2>{name}</h2>}
      <p>
        <b>{waiting}</b> waiting
      </p>
      {wait === null ? null : (
        <p>
          <span class="label">Estimated wait</span> <b>{waitWords(wait)}</b>
        </p>
      )}
      {status === null ? null : <p class="status">{status}</p>}
    </li>
  );
}

function Clock() {
  const [, tick] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(() => tick(undefined), 1_000);
    return () => clearInterval(timer);
  }, []);
  return <time>{timeWords(Date.now())}</time>;
}

function Message({ screen }: { screen: Exclude<Screen, { kind: 'board' }> }) {
  switch (screen.kind) {
    case 'address':
      return (
        <p class="nobody">
          This address names no queue. Use /board/1 for one queue and /board/1,2 for two, with the
          ids of your queues.
        </p>
      );
    case 'missing':
      return <p class="nobody">There is no such queue. Check the address of this page.</p>;
    case 'unreachable':
      return (
        <p class="nobody" role="alert">
          No connection since {timeWords(screen.since)}. We keep trying.
        </p>
      );
    case 'starting':
      return <p class="nobody">Connecting…</p>;
  }
}
