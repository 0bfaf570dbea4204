import { useEffect, useReducer } from 'preact/hooks';
import { NotStaff, Starting, Title, Unreachable } from '../screens/message.tsx';
import { SignIn } from '../screens/sign-in.tsx';
import type { Controller } from './controller.ts';
import { Day } from './day.tsx';
import { screenOf } from './screen.ts';

/** The page: one screen at a time. */
export function App({ controller }: { controller: Controller }) {
  const [, changed] = useReducer((count: number) => count + 1, 0);
  useEffect(() => controller.onChange(() => changed(undefined)), [controller]);
  const screen = screenOf(controller.view());
  return (
    <>
      <header class="bar">
        <a href="/">Foyer</a>
        <a href="/staff">Staff</a>
        <span>Day</span>
        {controller.view().role === null ? null : (
          <button type="button" class="quiet out" onClick={() => controller.signOut()}>
            Sign out
          </button>
        )}
      </header>
      <main class={screen === 'day' ? 'desk' : 'screen'} data-screen={screen}>
        <CurrentScreen controller={controller} />
        <p class="error" role="alert">
          {controller.error() ?? ''}
        </p>
      </main>
    </>
  );
}

function CurrentScreen({ controller }: { controller: Controller }) {
  switch (screenOf(controller.view())) {
    case 'starting':
      return <Starting />;
    case 'unreachable':
      return <Unreachable controller={controller} />;
    case 'sign-in':
      return <SignIn controller={controller} isOver={false} />;
    case 'not-staff':
      return <NotStaff controller={controller} />;
    case 'no-queue':
      return (
        <>
          <Title>There is no queue yet</Title>
          <p>
            <a href="/staff">Create your first queue</a>.
          </p>
        </>
      );
    case 'day':
      return <Day controller={controller} />;
  }
}
