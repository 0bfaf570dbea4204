import {
  blockedWords,
  clock,
  compatibleWords,
  estimateWords,
  partnerName,
  putBackWords,
} from '../texts.ts';
import { since, useNow } from './clock.tsx';
import { Pulse, Title } from './message.tsx';
import type { ScreenProps } from './screen-props.ts';

export function Waiting({ screen, controller }: ScreenProps<'waiting'>) {
  const now = useNow();
  const { languages } = controller.extras();
  const { request, putBack } = screen;
  const { wait } = request;
  const named = (codes: string[]) =>
    codes.map((code) => languages.find((each) => each.code === code)?.name ?? code).join(', ');

  return (
    <>
      <Pulse />
      <Title>Looking for a partner</Title>
      <p class="pair">
        You speak {named(request.native)} and practise {named(request.practice)}.
      </p>
      {putBack ? (
        <p class="notice">{putBackWords(putBack, partnerName(putBack, controller.view().myId))}</p>
      ) : null}
      <dl>
        <div>
          <dt>Waiting time</dt>
          <dd>{clock(since(request.joinedAt, now))}</dd>
        </div>
        <div>
          <dt>Possible partners</dt>
          <dd>{wait ? compatibleWords(wait) : 'Not available right now.'}</dd>
        </div>
        <div>
          <dt>Estimated wait</dt>
          <dd>{wait ? estimateWords(wait) : 'Not available right now.'}</dd>
        </div>
        {wait && wait.blockedBy.length > 0 ? (
          <div>
            <dt>Why you're still waiting</dt>
            <dd>
              {wait.blockedBy.map((code) => (
                <span key={code}>{blockedWords(code)} </span>
              ))}
            </dd>
          </div>
        ) : null}
      </dl>
      <div class="actions">
        <button type="button" onClick={controller.stopSearch}>
          Stop searching
        </button>
      </div>
      <p class="small">
        You can leave this tab in the background. Its title changes when we find a partner.
      </p>
    </>
  );
}
