/** What a browser may never report as ended, for example without a sound device. */
const LONGEST_MS = 15_000;

const primary = (tag: string) => tag.toLowerCase().split(/[-_]/)[0];

/** The voice for a language tag: its own region first, then any of the language. */
export function voiceFor<Voice extends Pick<SpeechSynthesisVoice, 'lang'>>(
  language: string,
  voices: readonly Voice[],
): Voice | null {
  const exact = voices.find(
    ({ lang }) => lang.toLowerCase().replace('_', '-') === language.toLowerCase(),
  );
  return exact ?? voices.find(({ lang }) => primary(lang) === primary(language)) ?? null;
}

/** The voices of the device. Some browsers have none. */
const voices = (): SpeechSynthesisVoice[] => globalThis.speechSynthesis?.getVoices() ?? [];

/** Those of `languages` that the device can speak now. Browsers load their voices late. */
export const spokenLanguages = (languages: readonly string[]): string[] =>
  languages.filter((language) => voiceFor(language, voices()) !== null);

/** Says it. Resolves when it has been said, also after a failure: the next announcement must not wait for it. */
export function say(language: string, text: string): Promise<void> {
  return new Promise((resolve) => {
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = language;
    utterance.voice = voiceFor(language, voices());
    const timer = setTimeout(() => {
      speechSynthesis.cancel();
      resolve();
    }, LONGEST_MS);
    const ended = () => {
      clearTimeout(timer);
      resolve();
    };
    utterance.onend = ended;
    utterance.onerror = ended;
    speechSynthesis.speak(utterance);
  });
}

/** Call it in a gesture: some browsers allow a voice only after one has spoken in a gesture. */
export function unlockVoice(): void {
  globalThis.speechSynthesis?.speak(new SpeechSynthesisUtterance(''));
}
