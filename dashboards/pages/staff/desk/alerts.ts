/** What decides whether staff are told that somebody waits. */
export interface Idleness {
  /** My counter is open and has no ticket. */
  isIdle: boolean;
  /** How many can be called now. */
  waiting: number;
}

/** Whether it begins now that somebody waits for an idle counter. */
export const begins = (before: Idleness, now: Idleness): boolean =>
  now.isIdle && now.waiting > 0 && !(before.isIdle && before.waiting > 0);

/** The title of the page while somebody waits for an idle counter. */
export const nudgeTitle = ({ isIdle, waiting }: Idleness): string | null =>
  isIdle && waiting > 0
    ? waiting === 1
      ? 'Someone is waiting'
      : `${waiting} people are waiting`
    : null;

/** Two tones. Browsers are silent before the first click or key on the page. */
export function chime(): void {
  const Context = globalThis.AudioContext as typeof AudioContext | undefined;
  if (!Context) return;
  const context = new Context();
  const end = context.currentTime + 0.7;
  for (const [index, frequency] of [660, 880].entries()) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const start = context.currentTime + index * 0.18;
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.2, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.5);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(end);
  }
  setTimeout(() => void context.close().catch(() => undefined), 1_000);
}

/** A notification of the browser, when the person allowed it and looks at something else. */
export function notify(text: string): void {
  if (typeof Notification === 'undefined' || Notification.permission !== 'granted') return;
  if (document.visibilityState === 'visible' && document.hasFocus()) return;
  const shown = new Notification('Foyer', { body: text, tag: 'foyer.staff.waiting' });
  shown.onclick = () => {
    window.focus();
    shown.close();
  };
}

/** Asks once, at the click that turns alerts on. */
export async function allowNotifications(): Promise<void> {
  if (typeof Notification !== 'undefined' && Notification.permission === 'default')
    await Notification.requestPermission();
}
