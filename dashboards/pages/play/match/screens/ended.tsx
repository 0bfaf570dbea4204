import { useState } from 'preact/hooks';
import type { Session } from '../../../../../contract/matchmaking.ts';
import { cancelledWords, endWords, partnerName, partnerOf, span } from '../texts.ts';
import { Title } from './message.tsx';
import type { ScreenProps } from './screen-props.ts';

/** Reasons that this screen already shows elsewhere, or that help no one. */
const NOT_TOLD = new Set<string | null>([null, 'left', 'declined']);

export function Ended({ screen, controller }: ScreenProps<'ended'>) {
  const { session, request } = screen;
  const { iLeft, blocked } = controller.extras();
  const { myId } = controller.view();
  const name = partnerName(session, myId);
  const partner = partnerOf(session, myId);
  const began = session.state === 'completed';
  return (
    <>
      <Title>{began ? 'The call has ended' : "The call didn't start"}</Title>
      <p class="lead">{endWords(session, iLeft, name)}</p>
      {request && !NOT_TOLD.has(request.reason) ? <p>{cancelledWords(request.reason)}</p> : null}
      {began && session.durationSeconds !== null ? (
        <p class="pair">You talked for {span(session.durationSeconds)}.</p>
      ) : null}
      {began ? <Rating controller={controller} name={name} /> : null}
      <div class="actions">
        <button type="button" class="main" onClick={controller.next}>
          Next partner
        </button>
        <button type="button" onClick={controller.stop}>
          Done
        </button>
      </div>
      {partner ? <Reporting {...{ controller, session, name, userId: partner.userId }} /> : null}
      {partner ? (
        <p class="small">
          {blocked ? (
            <span role="status">You blocked {name}. You won't be matched again.</span>
          ) : (
            <button type="button" class="quiet" onClick={() => controller.block(partner.userId)}>
              Block {name}
            </button>
          )}
        </p>
      ) : null}
    </>
  );
}

const REASONS = [
  'Harassment or threats',
  'Sexual content',
  'Spam or advertising',
  'Something else',
];

interface ReportingProps extends Pick<ScreenProps<'ended'>, 'controller'> {
  session: Session;
  name: string;
  userId: string;
}

/** Collapsed by default: most calls need no report. */
function Reporting({ controller, session, name, userId }: ReportingProps) {
  const [reason, setReason] = useState(REASONS[0] ?? '');
  if (controller.extras().reported)
    return (
      <p class="notice good" role="status">
        Thank you. Our team will review your report.
      </p>
    );
  return (
    <details class="report">
      <summary>Report {name}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void controller.report(userId, session.id, reason);
        }}
      >
        <label>
          Reason
          <select value={reason} onChange={({ currentTarget }) => setReason(currentTarget.value)}>
            {REASONS.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <button type="submit">Send report</button>
      </form>
    </details>
  );
}

const STARS = [1, 2, 3, 4, 5];
const MEANINGS = ['bad', 'poor', 'fair', 'good', 'very good'];

function Rating({ controller, name }: Pick<ScreenProps, 'controller'> & { name: string }) {
  const { rated } = controller.extras();
  const [rating, setRating] = useState(0);
  const [note, setNote] = useState('');
  if (rated)
    return (
      <p class="notice good" role="status">
        Thanks for your rating.
      </p>
    );
  return (
    <form
      class="rating"
      onSubmit={(event) => {
        event.preventDefault();
        if (rating > 0) void controller.rate(rating, note);
      }}
    >
      <fieldset>
        <legend>How was your call with {name}?</legend>
        <div class="stars">
          {STARS.map((star) => (
            <label key={star} class={star <= rating ? 'on' : ''}>
              <input
                type="radio"
                name="rating"
                value={star}
                checked={star === rating}
                onChange={() => setRating(star)}
              />
              <span aria-hidden="true">★</span>
              <span class="unseen">
                {star} of 5, {MEANINGS[star - 1]}
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <label>
        Add a note (optional)
        <input
          type="text"
          maxLength={1000}
          value={note}
          onInput={({ currentTarget }) => setNote(currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={rating === 0}>
        Send rating
      </button>
    </form>
  );
}
