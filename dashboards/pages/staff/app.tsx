import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { Controller } from './controller.ts';
import { nudgeTitle } from './desk/alerts.ts';
import { type Screen, screenOf } from './screen.ts';
import { Console } from './screens/console.tsx';
import { Counters } from './screens/counters.tsx';
import { FirstQueue } from './screens/first-queue.tsx';
import { NotStaff, Starting, Unreachable } from './screens/message.tsx';
import { SignIn } from './screens/sign-in.tsx';
import { titleOf } from './texts.ts';

/** The page: one screen at a time, and announcements for screen readers. */
export function App({ controller }: { controller: Controller }) {
  const [, changed] = useReducer((count: number) => count + 1, 0);
  const main = useRef<HTMLElement>(null);
  const shown = useRef<string | null>(null);
  const screen = screenOf(controller.view());
  const offline = 'offline' in screen && screen.offline;

  useEffect(() => controller.onChange(() => changed(undefined)), [controller]);
  // The focused control disappeared with its screen. Focus the new heading, which screen readers announce.
  useLayoutEffect(() => {
    if (shown.current !== null && shown.current !== 'starting')
      main.current?.querySelector('h1')?.focus();
    shown.current = screen.kind;
  }, [screen.kind]);

  const idleness = controller.idleness();
  const nudge =
    screen.kind === 'console' && controller.settings().alerts ? nudgeTitle(idleness) : null;
  const title = nudge ?? titleOf(screen, idleness.waiting);
  useEffect(() => {
    document.title = title;
  }, [title]);

  return (
    <>
      <header class="bar">
        <a href="/">Foyer</a>
        <span>Staff</span>
        {controller.view().role === null ? null : (
          <button type="button" class="quiet out" onClick={() => controller.signOut()}>
            Sign out
          </button>
        )}
      </header>
      <main
        ref={main}
        class={screen.kind === 'console' ? 'desk' : 'screen'}
        data-screen={screen.kind}
      >
        {offline ? (
          <p class="notice">You lost the connection to the server. Reconnecting…</p>
        ) : null}
        <CurrentScreen screen={screen} controller={controller} />
        <p class="error" role="alert">
          {controller.error() ?? ''}
        </p>
      </main>
      <p class="unseen" role="status">
        {controller.notice() ?? ''}
      </p>
    </>
  );
}

function CurrentScreen({ screen, controller }: { screen: Screen; controller: Controller }) {
  switch (screen.kind) {
    case 'starting':
      return <Starting />;
    case 'unreachable':
      return <Unreachable controller={controller} />;
    case 'sign-in':
      return <SignIn controller={controller} isOver={screen.isOver} />;
    case 'not-staff':
      return <NotStaff controller={controller} />;
    case 'first-queue':
      return <FirstQueue controller={controller} />;
    case 'counters':
      return <Counters controller={controller} />;
    case 'console':
      return <Console controller={controller} screen={screen} />;
  }
}
