import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import { usePainted } from '../board/painted.ts';
import { timeWords } from '../board/texts.ts';
import { AlertButton } from './alert-button.tsx';
import type { TicketController } from './controller.ts';
import { Overtakes } from './overtakes.tsx';
import { isAppointmentAhead, type Screen, screenOf } from './screen.ts';
import { headingOf, leadOf, titleOf } from './texts.ts';
import { Verbs } from './verbs.tsx';

/** The page of the person with the ticket. */
export function App({ controller }: { controller: TicketController }) {
  const [, changed] = useReducer((count: number) => count + 1, 0);
  useEffect(() => controller.onChange(() => changed(undefined)), [controller]);
  const screen = screenOf(controller.view());
  const heading = useFocusOnChange(screen.kind);
  useTimeout(screen.kind === 'away' ? screen.until : null, () => changed(undefined));
  usePainted(() => {
    if (screen.kind === 'called') controller.painted(screen.ticket.version);
  });
  const title = titleOf(screen);
  useEffect(() => {
    document.title = `${title} · Foyer`;
  }, [title]);
  const { error, words } = controller.extras();
  const ticket = 'ticket' in screen ? screen.ticket : null;

  return (
    <>
      <header class="bar">
        <span>{ticket?.queueName ?? 'Your ticket'}</span>
      </header>
      <main class={`screen ${screen.kind}`} data-screen={screen.kind}>
        <Offline screen={screen} />
        {ticket ? (
          <p class="code">
            <span class="unseen">Your ticket is </span>
            {ticket.code}
          </p>
        ) : null}
        <h1 ref={heading} tabIndex={-1}>
          {headingOf(screen)}
        </h1>
        <p class="lead">{leadOf(screen)}</p>
        {screen.kind === 'waiting' && screen.isNear ? (
          <p class="notice good">It's almost your turn. Please come back now.</p>
        ) : null}
        {words === null ? null : <p class="notice good">{words}</p>}
        <p class="error" role="alert">
          {error ?? ''}
        </p>
        {isCallAhead(screen) ? (
          <AlertButton controller={controller} isMain={!isPresenceDue(screen)} />
        ) : null}
        <Verbs screen={screen} act={controller.act} />
        {isCallAhead(screen) ? <Overtakes controller={controller} /> : null}
      </main>
      <p class="unseen" role="status">
        {screen.kind === 'waiting' ? headingOf(screen) : ''}
      </p>
    </>
  );
}

/** Whether the person must say that they are here, or back. */
const isPresenceDue = (screen: Screen) =>
  screen.kind === 'away' || (screen.kind === 'waiting' && isAppointmentAhead(screen.ticket));

const isCallAhead = ({ kind }: Screen) => kind === 'waiting' || kind === 'away';

/** Focuses the heading of each new screen, which screen readers announce. */
function useFocusOnChange(kind: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef<string | null>(null);
  useLayoutEffect(() => {
    if (shown.current !== null && shown.current !== 'starting') heading.current?.focus();
    shown.current = kind;
  }, [kind]);
  return heading;
}

/** Calls back once at a local time in ms. */
function useTimeout(at: number | null, elapsed: () => void): void {
  useEffect(() => {
    if (at === null) return;
    const timer = setTimeout(elapsed, Math.max(0, at - Date.now()) + 100);
    return () => clearTimeout(timer);
  }, [at]);
}

function Offline({ screen }: { screen: Screen }) {
  if (!('offlineSince' in screen) || screen.offlineSince === null) return null;
  return (
    <p class="notice" role="alert">
      No connection since {timeWords(screen.offlineSince)}. You keep your place, but this page may
      be out of date. Watch the display.
    </p>
  );
}
