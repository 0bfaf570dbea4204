import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import { Title } from '../../staff/screens/message.tsx';
import type { Controller } from './controller.ts';
import { Counter } from './panes/counter.tsx';
import { Display } from './panes/display.tsx';
import { Phone } from './panes/phone.tsx';
import { type Screen, type Step, screenOf, stepOf } from './screen.ts';

/** The page: one screen at a time, and announcements for screen readers. */
export function App({ controller }: { controller: Controller }) {
  const [, changed] = useReducer((count: number) => count + 1, 0);
  const main = useRef<HTMLElement>(null);
  const shown = useRef<string | null>(null);
  const screen = screenOf(controller.view());
  useEffect(() => controller.onChange(() => changed(undefined)), [controller]);
  // The focused control disappeared with its screen. Focus the new heading, which screen readers announce.
  useLayoutEffect(() => {
    if (shown.current !== null) main.current?.querySelector('h1')?.focus();
    shown.current = screen.kind;
  }, [screen.kind]);
  return (
    <>
      <header class="bar">
        <a href="/">Foyer</a>
        <span>Try a queue</span>
      </header>
      <main ref={main} class={screen.kind === 'demo' ? 'demo' : 'screen'} data-screen={screen.kind}>
        <CurrentScreen screen={screen} controller={controller} />
        <p class="error" role="alert">
          {controller.error() ?? ''}
        </p>
      </main>
    </>
  );
}

function CurrentScreen({ screen, controller }: { screen: Screen; controller: Controller }) {
  switch (screen.kind) {
    case 'intro':
      return <Intro controller={controller} />;
    case 'starting':
      return (
        <>
          <Title>One moment</Title>
          <p>We're opening a queue and a counter.</p>
        </>
      );
    case 'not-here':
      return (
        <>
          <Title>This needs a staff account here</Title>
          <p>
            Without an account, you can try it only on the computer that runs Foyer, when it runs
            with its own database. <a href="/staff">Sign in on the staff page</a>, then come back in
            this tab.
          </p>
        </>
      );
    case 'failed':
      return (
        <>
          <Title>That didn't work</Title>
          <p>We couldn't open the queue. Check that the server runs, and try again.</p>
          <div class="actions">
            <button type="button" class="main" onClick={() => controller.begin()}>
              Try again
            </button>
          </div>
        </>
      );
    case 'demo':
      return <Demo controller={controller} screen={screen} />;
  }
}

const Intro = ({ controller }: { controller: Controller }) => (
  <>
    <Title>A queue in one minute</Title>
    <ol class="steps">
      <li>
        <strong>Take a ticket</strong> as a visitor does, on a phone.
      </li>
      <li>
        <strong>Call it</strong> to a counter, as staff do.
      </li>
      <li>
        <strong>See it on the display</strong>, and on the phone, at the same moment.
      </li>
    </ol>
    <p class="soft">We open a queue called “Demo queue” on this computer. You need no account.</p>
    <div class="actions">
      <button type="button" class="main" onClick={() => controller.begin()}>
        Start
      </button>
    </div>
  </>
);

const NEXT_STEPS: Record<Step, string> = {
  take: 'Take a ticket on the phone.',
  call: 'Now call it at the counter.',
  look: 'Look at the display.',
  serve: 'It is on the phone and on the display. Serve it: start, then complete.',
  done: 'That is all. Take another ticket, or open the real pages.',
};

interface DemoProps {
  controller: Controller;
  screen: Extract<Screen, { kind: 'demo' }>;
}

function Demo({ controller, screen: { queue, offline } }: DemoProps) {
  const mine = controller.mine()?.ticket ?? null;
  const step = stepOf({ mine, board: controller.board() });
  return (
    <>
      <Title>{queue.name}</Title>
      {offline ? <p class="notice">You lost the connection to the server. Reconnecting…</p> : null}
      <p class="next-step" role="status">
        {NEXT_STEPS[step]}
      </p>
      <div class="panes">
        <Phone controller={controller} isNext={step === 'take'} />
        <Counter controller={controller} isNext={step === 'call' || step === 'serve'} />
        <Display controller={controller} queue={queue} isNext={step === 'look'} />
      </div>
    </>
  );
}
