import { useEffect, useRef, useState } from 'preact/hooks';
import type { Session } from '../../../../../contract/matchmaking.ts';
import { createMeter } from '../levels.ts';
import { clock, partnerName } from '../texts.ts';
import { since, until, useNow } from './clock.tsx';
import { Terms } from './found.tsx';
import { Title } from './message.tsx';
import type { ScreenProps } from './screen-props.ts';

const TROUBLES = {
  partner: 'The audio is interrupted. One of you may have lost the network. Reconnecting…',
  offline: 'You lost the connection to the server. You may still hear each other. Reconnecting…',
};

export function Talking({ screen, controller }: ScreenProps<'talking'>) {
  const now = useNow();
  const { session, trouble } = screen;
  const { muted } = controller.extras();
  const name = partnerName(session, controller.view().myId);
  return (
    <>
      <Title>You're talking with {name}</Title>
      <Terms session={session} controller={controller} />
      <div class="voices">
        <Voice
          name="You"
          stream={muted ? null : controller.microphone.stream}
          note={muted ? 'muted' : ''}
        />
        <Voice name={name} stream={controller.call.remote} note={trouble ? 'interrupted' : ''} />
      </div>
      <p class="clock" role="timer" aria-label="Duration">
        {clock(since(session.activeAt, now))}
      </p>
      <Sound stream={controller.call.remote} />
      {isNearEnd(session, now) ? (
        <p class="notice" role="status">
          Less than a minute left.
        </p>
      ) : null}
      {trouble ? <p class="notice">{TROUBLES[trouble]}</p> : null}
      <div class="actions">
        <button type="button" aria-pressed={muted} onClick={() => controller.mute(!muted)}>
          {muted ? 'Unmute' : 'Mute'}
        </button>
        <button type="button" onClick={controller.next}>
          Next partner
        </button>
        <button type="button" class="end" onClick={controller.leave}>
          Leave
        </button>
      </div>
    </>
  );
}

/** Announced once and not counted down, because a screen reader would read out every second. */
const isNearEnd = ({ activeAt, endsAt }: Session, now: number) =>
  endsAt !== null && until(endsAt, activeAt ?? endsAt, now) < 60;

interface VoiceProps {
  name: string;
  stream: MediaStream | null;
  note: string;
}

/** A ring that moves with the voice. It is decorative: the text beside it carries the information. */
function Voice({ name, stream, note }: VoiceProps) {
  const ring = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = ring.current;
    if (!stream || !place) return undefined;
    const meter = createMeter(stream);
    let frame = 0;
    const draw = () => {
      place.style.setProperty('--level', meter.read().toFixed(3));
      frame = requestAnimationFrame(draw);
    };
    draw();
    return () => {
      cancelAnimationFrame(frame);
      meter.close();
      place.style.setProperty('--level', '0');
    };
  }, [stream]);
  return (
    <figure class="voice">
      <div class="ring" ref={ring} aria-hidden="true">
        <span>{[...name][0]}</span>
      </div>
      <figcaption>
        {name}
        {note ? <small> {note}</small> : null}
      </figcaption>
    </figure>
  );
}

/** Plays the partner's voice. A browser may require a user gesture first, most often after a reload. */
function Sound({ stream }: { stream: MediaStream | null }) {
  const audio = useRef<HTMLAudioElement>(null);
  const [silent, setSilent] = useState(false);
  const play = () =>
    audio.current?.play().then(
      () => setSilent(false),
      (error: Error) => setSilent(error.name === 'NotAllowedError'),
    );
  useEffect(() => {
    if (!audio.current) return;
    audio.current.srcObject = stream;
    if (stream) void play();
  }, [stream]);
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: a live voice has no captions */}
      <audio ref={audio} autoPlay />
      {silent ? (
        <button type="button" class="main" onClick={play}>
          Turn on sound
        </button>
      ) : null}
    </>
  );
}
