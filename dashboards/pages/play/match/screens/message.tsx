import type { ComponentChildren } from 'preact';
import { readChoice } from '../stored.ts';
import { cancelledWords, MICROPHONE, partnerName } from '../texts.ts';
import type { ScreenProps } from './screen-props.ts';

export type MessageKind =
  | 'starting'
  | 'unreachable'
  | 'signed-out'
  | 'microphone'
  | 'joining'
  | 'finding'
  | 'elsewhere'
  | 'expired'
  | 'cancelled';

/** A heading that takes the focus when its screen appears. */
export const Title = ({ children }: { children: ComponentChildren }) => (
  <h1 tabIndex={-1}>{children}</h1>
);

export const Pulse = () => (
  <div class="pulse" aria-hidden="true">
    <i />
    <i />
    <i />
  </div>
);

/** The faces that are a sentence and a button or two. */
export function MessageScreen({ screen, controller }: ScreenProps<MessageKind>) {
  const again = (
    <div class="actions">
      <button type="button" class="main" onClick={() => controller.find(readChoice())}>
        Search again
      </button>
      <button type="button" onClick={controller.stop}>
        Change what you look for
      </button>
    </div>
  );
  switch (screen.kind) {
    case 'starting':
      return (
        <>
          <Pulse />
          <Title>One moment</Title>
          <p>You are let in as a guest.</p>
        </>
      );
    case 'unreachable':
      return (
        <>
          <Title>The server cannot be reached</Title>
          <p>Nothing is wrong with what you did. Check your connection and try again.</p>
          <div class="actions">
            <button type="button" class="main" onClick={controller.start}>
              Try again
            </button>
          </div>
        </>
      );
    case 'signed-out':
      return (
        <>
          <Title>You are signed out</Title>
          <p>The server does not know this sign-in any more. You can go on as a new guest.</p>
          <div class="actions">
            <button type="button" class="main" onClick={controller.startAnew}>
              Go on as a new guest
            </button>
          </div>
        </>
      );
    case 'microphone':
      return <NoMicrophone screen={screen} controller={controller} />;
    case 'joining':
      return (
        <>
          <Pulse />
          <Title>Getting in line</Title>
          <p>The server is told what you look for.</p>
          <div class="actions">
            <button type="button" onClick={controller.stopSearch}>
              Stop
            </button>
          </div>
        </>
      );
    case 'finding':
      return (
        <>
          <Pulse />
          <Title>A partner was found</Title>
          <p>You are brought together.</p>
        </>
      );
    case 'elsewhere':
      return (
        <>
          <Title>You are in this call in another tab</Title>
          <p>
            Your call with {partnerName(screen.session, controller.view().myId)} is open in another
            tab or window. Go on there, or take it over here.
          </p>
          <div class="actions">
            <button type="button" class="main" onClick={controller.takeOver}>
              Take the call here
            </button>
            <button type="button" onClick={controller.leave}>
              Leave the call
            </button>
          </div>
        </>
      );
    case 'expired':
      return (
        <>
          <Title>Nobody was found this time</Title>
          <p>You waited as long as a search lasts. Nobody who fits you was free.</p>
          {again}
        </>
      );
    case 'cancelled':
      return (
        <>
          <Title>The search has ended</Title>
          <p>{cancelledWords(screen.request.reason)}</p>
          {again}
        </>
      );
  }
}

function NoMicrophone({ screen, controller }: ScreenProps<'microphone'>) {
  const { title, text } = MICROPHONE[screen.trouble];
  const { session, trouble } = screen;
  return (
    <>
      <Title>{title}</Title>
      <p>{text}</p>
      {session ? <p>{partnerName(session, controller.view().myId)} is waiting for you.</p> : null}
      <div class="actions">
        {trouble === 'asking' || trouble === 'unsupported' ? null : (
          <button type="button" class="main" onClick={controller.askMicrophone}>
            Try again
          </button>
        )}
        <button type="button" onClick={session ? controller.leave : controller.stopSearch}>
          {session ? 'Leave the call' : 'Back'}
        </button>
      </div>
    </>
  );
}
