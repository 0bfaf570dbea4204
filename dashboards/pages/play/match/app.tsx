import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { Controller } from './controller.ts';
import { Ended } from './ended.tsx';
import { type Face, faceOf } from './face.ts';
import { Accept, Connecting } from './found.tsx';
import { Plain } from './plain.tsx';
import { Setup } from './setup.tsx';
import { Talking } from './talking.tsx';
import { Waiting } from './waiting.tsx';
import { announcement, errorWords, titleOf } from './words.ts';

/** What every face is given. */
export interface FaceProps<Kind extends Face['kind'] = Face['kind']> {
  controller: Controller;
  face: Extract<Face, { kind: Kind }>;
}

/** The whole page: one face at a time, and what is said to those who do not see it. */
export function App({ controller }: { controller: Controller }) {
  const [, changed] = useReducer((count: number) => count + 1, 0);
  const main = useRef<HTMLElement>(null);
  const shown = useRef<string | null>(null);
  const face = faceOf(controller.view());
  const { error } = controller.extras();
  const kind = face.kind === 'microphone' ? `microphone ${face.trouble}` : face.kind;

  useEffect(() => controller.onChange(() => changed(undefined)), [controller]);
  // The control that had the focus is gone with its face: go on from the new heading, which is read out.
  useLayoutEffect(() => {
    if (shown.current !== null && shown.current !== 'starting')
      main.current?.querySelector('h1')?.focus();
    shown.current = kind;
  }, [kind]);

  const title = `${titleOf(face, controller.view().myId)} · Foyer`;
  useEffect(() => {
    document.title = title;
  }, [title]);

  return (
    <>
      <header class="bar">
        <a href="/">Foyer</a>
        <span>Find a partner</span>
      </header>
      <main ref={main} class={`face ${face.kind}`} data-face={kind}>
        {'offline' in face && face.offline ? (
          <p class="notice">Your connection to the server is lost. Reconnecting…</p>
        ) : null}
        <One face={face} controller={controller} />
        <p class="error" role="alert">
          {error === null ? '' : errorWords(error)}
        </p>
      </main>
      <p class="unseen" role="status">
        {announcement(face)}
      </p>
    </>
  );
}

function One({ face, controller }: { face: Face; controller: Controller }) {
  switch (face.kind) {
    case 'setup':
      return <Setup controller={controller} />;
    case 'waiting':
      return <Waiting controller={controller} face={face} />;
    case 'accept':
    case 'accepted':
      return <Accept controller={controller} face={face} />;
    case 'connecting':
      return <Connecting controller={controller} face={face} />;
    case 'talking':
      return <Talking controller={controller} face={face} />;
    case 'ended':
      return <Ended controller={controller} face={face} />;
    default:
      return <Plain controller={controller} face={face} />;
  }
}
