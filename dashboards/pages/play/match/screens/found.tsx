import type { Session } from '../../../../../contract/matchmaking.ts';
import type { Controller } from '../controller.ts';
import { partnerName } from '../texts.ts';
import { until, useNow } from './clock.tsx';
import { Pulse, Title } from './message.tsx';
import type { ScreenProps } from './screen-props.ts';

/** In which language, and who of us practises it. */
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
      {mine ? `you practise, ${name} speaks it.` : `${name} practises, you speak it.`}
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
        <Title>You said yes to {name}</Title>
        <Terms session={session} controller={controller} />
        <p>Now {name} has to say yes too.</p>
        <Countdown left={left} />
        <div class="actions">
          <button type="button" onClick={controller.decline}>
            Rather not
          </button>
        </div>
      </>
    );
  return (
    <>
      <Title>{name} would talk with you</Title>
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
    {left === 0 ? 'The time is over.' : `${left} s left`}
  </p>
);

export function Connecting({ screen, controller }: ScreenProps<'connecting'>) {
  const { session } = screen;
  const me = session.participants.find(({ userId }) => userId === controller.view().myId);
  const name = partnerName(session, controller.view().myId);
  return (
    <>
      <Pulse />
      <Title>Connecting you with {name}</Title>
      <Terms session={session} controller={controller} />
      <p>{me?.connected ? `Your side is ready. ${name} is still connecting.` : 'A few seconds.'}</p>
      <div class="actions">
        <button type="button" onClick={controller.leave}>
          Leave
        </button>
      </div>
    </>
  );
}
