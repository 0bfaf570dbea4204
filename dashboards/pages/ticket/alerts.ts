import { type Chime, createChime } from '../board/chime.ts';
import { askForNotices, type NoticePermission, notice, noticePermission } from './notices.ts';

/** How the page can reach its person now. */
export interface AlertState {
  sound: boolean;
  notices: NoticePermission;
}

export interface Alerts {
  state(): AlertState;
  /** Call it when the person presses the button: it asks, and plays the sound once to show it. */
  turnOn(): Promise<void>;
  /** Sound, vibration and a notification. */
  ring(ticketId: string, title: string, body: string): void;
  /** A notification only. */
  tell(ticketId: string, title: string, body: string): void;
}

/** Long, so that it is felt in a pocket. */
const VIBRATION = [400, 150, 400, 150, 800];
const RINGS = 3;

/** `changed` is called when `state` changes. */
export function createAlerts(changed: () => void): Alerts {
  let chime: Chime | null = null;

  function unlock(): void {
    // Browsers complain about sound that is prepared before the first gesture.
    chime ??= createChime(changed);
    chime.unlock();
  }
  document.addEventListener('pointerup', unlock, { once: true });
  document.addEventListener('keyup', unlock, { once: true });

  async function sound(times: number): Promise<void> {
    for (let n = 0; n < times; n += 1) await chime?.play();
  }

  return {
    state: () => ({ sound: chime?.isReady() ?? false, notices: noticePermission() }),
    turnOn: async () => {
      unlock();
      await askForNotices();
      changed();
      void sound(1);
    },
    ring: (ticketId, title, body) => {
      void sound(RINGS);
      // Browsers complain about a vibration before the first gesture.
      if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(VIBRATION);
      void notice(ticketId, title, body);
    },
    tell: (ticketId, title, body) => void notice(ticketId, title, body),
  };
}
