import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { Controller } from './controller.ts';
import { type Screen, screenOf } from './screen.ts';
import { Ended } from './screens/ended.tsx';
import { Accept, Connecting } from './screens/found.tsx';
import { MessageScreen } from './screens/message.tsx';
import { Setup } from './screens/setup.tsx';
import { Talking } from './screens/talking.tsx';
import { Waiting } from './screens/waiting.tsx';
import { announcement, errorWords, titleOf } from './texts.ts';

/** The page: one screen at a time, and announcements for screen readers. */
export function App({ controller }: { controller: Controller }) {
  const [, changed] = useReducer((count: number) => count + 1, 0);
  const main = useRef<HTMLElement>(null);
  const shown = useRef<string | null>(null);
  const screen = screenOf(controller.view());
  const { error } = controller.extras();
  const kind = screen.kind === 'microphone' ? `microphone ${screen.trouble}` : screen.kind;

  useEffect(() => controller.onChange(() => changed(undefined)), [controller]);
  // The focused control disappeared with its screen. Focus the new heading, which screen readers announce.
  useLayoutEffect(() => {
    if (shown.current !== null && shown.current !== 'starting')
      main.current?.querySelector('h1')?.focus();
    shown.current = kind;
  }, [kind]);

  const title = `${titleOf(screen, controller.view().myId)} · Foyer`;
  useEffect(() => {
    document.title = title;
  }, [title]);

  return (
    <>
      <header class="bar">
        <a href="/">Foyer</a>
        <span>Find a partner</span>
      </header>
      <main ref={main} class={`screen ${screen.kind}`} data-screen={kind}>
        {'offline' in screen && screen.offline ? (
          <p class="notice">You lost the connection to the server. Reconnecting…</p>
        ) : null}
        <CurrentScreen screen={screen} controller={controller} />
        <p class="error" role="alert">
          {error === null ? '' : errorWords(error)}
        </p>
      </main>
      <p class="unseen" role="status">
        {announcement(screen)}
      </p>
    </>
  );
}

function CurrentScreen({ screen, controller }: { screen: Screen; controller: Controller }) {
  switch (screen.kind) {
    case 'setup':
      return <Setup controller={controller} />;
    case 'waiting':
      return <Waiting controller={controller} screen={screen} />;
    case 'accept':
    case 'accepted':
      return <Accept controller={controller} screen={screen} />;
    case 'connecting':
      return <Connecting controller={controller} screen={screen} />;
    case 'talking':
      return <Talking controller={controller} screen={screen} />;
    case 'ended':
      return <Ended controller={controller} screen={screen} />;
    default:
      return <MessageScreen controller={controller} screen={screen} />;
  }
}
