import type { Microphone } from './screen.ts';

export interface MicrophoneHolder {
  readonly state: Microphone;
  readonly stream: MediaStream | null;
  /** Asks for the microphone unless it is ready. Concurrent calls share one prompt. */
  ask(): Promise<Microphone>;
  mute(on: boolean): void;
  /** Stops the tracks, so that the browser's recording indicator goes off. */
  release(): void;
}

const STATES: Record<string, Microphone> = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
};

export function createMicrophone(onChange: () => void): MicrophoneHolder {
  let state: Microphone = 'idle';
  let stream: MediaStream | null = null;
  let muted = false;
  let asking: Promise<Microphone> | null = null;

  function setState(next: Microphone): Microphone {
    state = next;
    onChange();
    return next;
  }

  async function open(): Promise<Microphone> {
    if (!navigator.mediaDevices?.getUserMedia) return setState('unsupported');
    setState('asking');
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      });
    } catch (error) {
      return setState(STATES[(error as Error).name] ?? 'busy');
    }
    const mine = stream;
    for (const track of mine.getAudioTracks()) {
      track.enabled = !muted;
      track.onended = () => {
        if (stream !== mine) return;
        stream = null;
        setState('lost');
      };
    }
    return setState('ready');
  }

  function ask(): Promise<Microphone> {
    if (state === 'ready') return Promise.resolve(state);
    asking ??= open().finally(() => {
      asking = null;
    });
    return asking;
  }

  return {
    get state() {
      return state;
    },
    get stream() {
      return stream;
    },
    ask,
    mute: (on) => {
      muted = on;
      for (const track of stream?.getAudioTracks() ?? []) track.enabled = !on;
    },
    release: () => {
      const mine = stream;
      stream = null;
      for (const track of mine?.getTracks() ?? []) track.stop();
      if (state === 'ready') setState('idle');
    },
  };
}
