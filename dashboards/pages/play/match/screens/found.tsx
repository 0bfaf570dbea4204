import type { Session } from '../../../../../contract/matchmaking.ts';
import type { Controller } from '../controller.ts';
import { partnerName } from '../texts.ts';
import { until, useNow } from './clock.tsx';
import { Pulse, Title } from './message.tsx';
import type { ScreenProps } from './screen-props.ts';

/** The language of the call, and who practises it. */
export function Terms({ session, controller }: { session: Session; controller: Controller }) {
  const { myId } = controller.view();
  const { languages } = controller.extras();
  const language =
    languages.find(({ code }) => code === session.language)?.name ?? session.language;
  const name = partnerName(session, myId);
  const mine = session.practiceUserId === myId;
  return (
    <p class="pair">
      In <strong>{language}</strong>:{' '}
      {mine ? `you practise and ${name} helps.` : `${name} practises and you help.`}
    </p>
  );
}

export function Accept({ screen, controller }: ScreenProps<'accept' | 'accepted'>) {
  const now = useNow();
  const { session } = screen;
  const left = Math.ceil(until(session.acceptBy, session.createdAt, now));
  const name = partnerName(session, controller.view().myId);
  if (screen.kind === 'accepted')
    return (
      <>
        <Pulse />
        <Title>Waiting for {name}</Title>
        <Terms session={session} controller={controller} />
        <p>You accepted. The call starts when {name} accepts too.</p>
        <Countdown left={left} />
        <div class="actions">
          <button type="button" onClick={controller.decline}>
            Decline
          </button>
        </div>
      </>
    );
  return (
    <>
      <Title>Talk with {name}?</Title>
      <Terms session={session} controller={controller} />
      <Countdown left={left} />
      <div class="actions">
        <button type="button" class="main" onClick={controller.accept}>
          Accept
        </button>
        <button type="button" onClick={controller.decline}>
          Decline
        </button>
      </div>
    </>
  );
}

const Countdown = ({ left }: { left: number }) => (
  <p class="countdown" role="timer">
    {left === 0 ? "Time's up." : `${left} s left`}
  </p>
);

export function Connecting({ screen, controller }: ScreenProps<'connecting'>) {
  const { session } = screen;
  const me = session.participants.find(({ userId }) => userId === controller.view().myId);
  const name = partnerName(session, controller.view().myId);
  return (
    <>
      <Pulse />
      <Title>Connecting you to {name}</Title>
      <Terms session={session} controller={controller} />
      <p>
        {me?.connected
          ? `Your side is ready. ${name} is still connecting.`
          : 'This takes a few seconds.'}
      </p>
      <div class="actions">
        <button type="button" onClick={controller.leave}>
          Leave
        </button>
      </div>
    </>
  );
}
