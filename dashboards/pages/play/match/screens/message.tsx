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

/** The screens that consist of a short text and one or two buttons. */
export function MessageScreen({ screen, controller }: ScreenProps<MessageKind>) {
  const again = (
    <div class="actions">
      <button type="button" class="main" onClick={() => controller.find(readChoice())}>
        Search again
      </button>
      <button type="button" onClick={controller.stop}>
        Change your search
      </button>
    </div>
  );
  switch (screen.kind) {
    case 'starting':
      return (
        <>
          <Pulse />
          <Title>One moment</Title>
          <p>We're signing you in as a guest.</p>
        </>
      );
    case 'unreachable':
      return (
        <>
          <Title>We can't reach the server</Title>
          <p>Check your connection and try again.</p>
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
          <Title>You've been signed out</Title>
          <p>Your sign-in is no longer valid. You can continue as a new guest.</p>
          <div class="actions">
            <button type="button" class="main" onClick={controller.startAgain}>
              Continue as a new guest
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
          <Title>Starting your search</Title>
          <p>We're adding you to the queue.</p>
          <div class="actions">
            <button type="button" onClick={controller.stopSearch}>
              Cancel
            </button>
          </div>
        </>
      );
    case 'finding':
      return (
        <>
          <Pulse />
          <Title>We found a partner</Title>
          <p>We're setting up your call.</p>
        </>
      );
    case 'elsewhere':
      return (
        <>
          <Title>This call is open in another tab</Title>
          <p>
            Your call with {partnerName(screen.session, controller.view().myId)} is open in another
            tab or window. Continue there, or move the call here.
          </p>
          <div class="actions">
            <button type="button" class="main" onClick={controller.takeOver}>
              Move the call here
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
          <Title>No partner found this time</Title>
          <p>Your search timed out before a suitable partner was free.</p>
          {again}
        </>
      );
    case 'cancelled':
      return (
        <>
          <Title>Your search ended</Title>
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
