/** The sound of this page, made by the browser itself: no file to load. */
export interface Chime {
  /** Browsers allow sound after a gesture, and on displays that are set up for it at once. */
  isReady(): boolean;
  /** Call it in a gesture. */
  unlock(): void;
  /** Two falling tones. Resolves when they have ended, at once when there is no sound. */
  play(): Promise<void>;
}

const TONES = [
  { frequency: 784, at: 0 },
  { frequency: 587, at: 0.45 },
];
const TONE_SECONDS = 1.1;
const LOUDNESS = 0.4;

/** `changed` is called when the browser allows or stops the sound. */
export function createChime(changed: () => void): Chime {
  const context = typeof AudioContext === 'undefined' ? null : new AudioContext();
  context?.addEventListener('statechange', changed);

  function tone(audio: AudioContext, frequency: number, start: number): Promise<void> {
    const gain = audio.createGain();
    gain.connect(audio.destination);
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(LOUDNESS, start + 0.015);
    gain.gain.exponentialRampToValueAtTime(0.001, start + TONE_SECONDS);
    const oscillator = audio.createOscillator();
    oscillator.type = 'triangle';
    oscillator.frequency.value = frequency;
    oscillator.connect(gain);
    return new Promise((resolve) => {
      oscillator.onended = () => resolve();
      oscillator.start(start);
      oscillator.stop(start + TONE_SECONDS);
    });
  }

  return {
    isReady: () => context?.state === 'running',
    unlock: () => void context?.resume(),
    async play() {
      if (context?.state !== 'running') return;
      const now = context.currentTime;
      await Promise.all(TONES.map(({ frequency, at }) => tone(context, frequency, now + at)));
    },
  };
}
