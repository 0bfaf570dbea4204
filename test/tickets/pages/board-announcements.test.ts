import { expect } from 'chai';
import fc from 'fast-check';
import {
  type AnnouncementStyle,
  type Announcements,
  announce,
  SILENCE,
  type Step,
} from '../../../dashboards/pages/board/announcements.ts';
import { createAnnouncer } from '../../../dashboards/pages/board/announcer.ts';
import type { Call } from '../../../dashboards/pages/board/calls.ts';
import { sentence, spokenCode } from '../../../dashboards/pages/board/sentences.ts';
import { opensWords, waitWords } from '../../../dashboards/pages/board/texts.ts';
import { voiceFor } from '../../../dashboards/pages/board/voice.ts';
import { called } from './fixtures.ts';

const call = (n: number): Call => ({ queueId: '1', ...called(n) });
const speech = (...languages: string[]): AnnouncementStyle => ({ sound: 'speech', languages });
const CHIME: AnnouncementStyle = { sound: 'chime', languages: [] };

/** Plays until silence. `takes` is how long each step takes, in ms. */
function playAll(
  state: Announcements,
  style: AnnouncementStyle,
  takes = 1_000,
  from = 0,
): string[] {
  const played: string[] = [];
  for (let now = from; state.current; now += takes) {
    const { current } = state;
    played.push(current.kind === 'chime' ? 'chime' : `${current.language}: ${current.text}`);
    state = announce(state, { kind: 'played', at: now + takes }, style);
  }
  expect(state).to.deep.equal(SILENCE);
  return played;
}
const hear = (calls: Call[], style: AnnouncementStyle, at = 0, state = SILENCE) =>
  announce(state, { kind: 'called', calls, at }, style);

describe('board: announcements', () => {
  it('says several calls of one second one after another, each in all languages in turn', () => {
    const style = speech('de', 'en');
    expect(playAll(hear([call(41), call(42)], style), style)).to.deep.equal([
      'chime',
      'de: Nummer A 41, bitte zu Counter 41.',
      'en: Number A 41, please go to Counter 41.',
      'de: Nummer A 42, bitte zu Counter 42.',
      'en: Number A 42, please go to Counter 42.',
    ]);
  });

  it('does not interrupt an announcement', () => {
    const style = speech('en');
    const first = hear([call(1)], style);
    const both = hear([call(2)], style, 100, first);
    expect(both.current).to.equal(first.current);
    expect(playAll(both, style)).to.have.length(3);
  });

  it('skips what waited for more than a minute', () => {
    const style = speech('en');
    const state = hear([call(3)], style, 70_000, hear([call(1), call(2)], style));
    // The first one takes until 80 s: the second is stale then, the third is not.
    expect(playAll(state, style, 40_000)).to.deep.equal([
      'chime',
      'en: Number A 1, please go to Counter 1.',
      'en: Number A 3, please go to Counter 3.',
    ]);
  });

  it('says a ticket once that is called again before its turn', () => {
    const style = speech('en');
    const state = hear([call(1), call(2)], style);
    const again = hear([{ ...call(2), counter: 'Counter 7' }], style, 10, state);
    expect(playAll(again, style).slice(1)).to.deep.equal([
      'en: Number A 1, please go to Counter 1.',
      'en: Number A 2, please go to Counter 7.',
    ]);
  });

  it('chimes once for all who were called meanwhile', () => {
    expect(playAll(hear([call(1), call(2)], CHIME), CHIME)).to.deep.equal(['chime']);
    const during = hear([call(4), call(5)], CHIME, 10, hear([call(3)], CHIME));
    expect(playAll(during, CHIME)).to.deep.equal(['chime', 'chime']);
  });

  it('chimes without a voice, and is silent when it is off', () => {
    expect(playAll(hear([call(1)], speech()), speech())).to.deep.equal(['chime']);
    expect(hear([call(1)], { sound: 'off', languages: ['en'] })).to.deep.equal(SILENCE);
  });

  it('says each fresh call in each language, in order, whatever comes when', () => {
    const arrivals = fc.array(fc.nat(3), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(arrivals, (counts) => {
        const style = speech('de', 'en');
        let state = SILENCE;
        const said: string[] = [];
        const play = () => {
          if (state.current?.kind === 'speech') said.push(state.current.text);
          if (state.current) state = announce(state, { kind: 'played', at: 0 }, style);
        };
        let n = 0;
        const wanted: string[] = [];
        for (const count of counts) {
          const calls = Array.from({ length: count }, () => {
            n += 1;
            return call(n);
          });
          wanted.push(...calls.flatMap((one) => [sentence('de', one), sentence('en', one)]));
          if (count > 0) state = hear(calls, style, 0, state);
          play();
        }
        while (state.current) play();
        expect(said).to.deep.equal(wanted);
      }),
    );
  });
});

describe('board: the announcer', () => {
  it('plays the next step when the one before has ended, also after a failure', async () => {
    const played: string[] = [];
    const ends: (() => void)[] = [];
    const play = (step: Step) => {
      played.push(step.kind === 'chime' ? 'chime' : step.text);
      return new Promise<void>((resolve, reject) =>
        ends.push(played.length % 2 ? resolve : () => reject(new Error('no device'))),
      );
    };
    const announcer = createAnnouncer(() => speech('en'), play);
    announcer.called([]);
    announcer.called([call(1)]);
    announcer.called([call(2)]);
    expect(played).to.deep.equal(['chime']);
    for (const count of [2, 3]) {
      ends.at(-1)?.();
      await Promise.resolve();
      await Promise.resolve();
      expect(played).to.have.length(count);
    }
    expect(played.at(-1)).to.equal('Number A 2, please go to Counter 2.');
  });
});

describe('board: words', () => {
  for (const [code, words] of [
    ['A042', 'A 42'],
    ['AB-007', 'A B 7'],
    ['2B100', '2 B 100'],
    ['-1200', '1200'],
  ] as const)
    it(`${code} is said as ${words}`, () => expect(spokenCode(code)).to.equal(words));

  it('speaks of a call without a counter, and in languages that it does not know', () => {
    expect(sentence('en-GB', { ...call(5), counter: null })).to.equal('Number A 5.');
    expect(sentence('xx', call(5))).to.equal('A 5. Counter 5.');
  });

  it('finds the voice of the region, else of the language', () => {
    const voices = [{ lang: 'en-US' }, { lang: 'de_AT' }, { lang: 'en-GB' }];
    expect(voiceFor('en-gb', voices)).to.equal(voices[2]);
    expect(voiceFor('en', voices)).to.equal(voices[0]);
    expect(voiceFor('de', voices)).to.equal(voices[1]);
    expect(voiceFor('fr', voices)).to.equal(null);
  });

  for (const [p50, p90, words] of [
    [0, 20, 'about 1 min'],
    [50, 90, 'about 1–2 min'],
    [280, 300, 'about 5 min'],
    [300, 700, 'about 5–12 min'],
    [2_400, 5_400, 'about 40 min – 1 h 30 min'],
    [7_200, 7_200, 'about 2 h'],
  ] as const)
    it(`a wait of ${p50} to ${p90} s is ${words}`, () =>
      expect(waitWords({ p50, p90 })).to.equal(words));

  it('says when a closed queue opens', () => {
    const local = (day: number, hour: number) => new Date(2026, 0, day, hour).getTime();
    const words = (day: number) => opensWords(local(day, 9), local(5, 18), 'en-GB');
    expect([5, 6, 8, 24].map(words)).to.deep.equal([
      'at 09:00',
      'tomorrow at 09:00',
      'on Thursday at 09:00',
      'on 24 January at 09:00',
    ]);
  });
});
