/** The loudness of a stream, from 0 to 1. `read` is cheap enough to call on every frame. */
export interface Meter {
  read(): number;
  close(): void;
}

let context: AudioContext | null = null;

export function createMeter(stream: MediaStream): Meter {
  context ??= new AudioContext();
  // Without a user gesture the context stays suspended and the meter reads zero.
  void context.resume().catch(() => undefined);
  const source = context.createMediaStreamSource(stream);
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let shown = 0;
  return {
    read: () => {
      analyser.getFloatTimeDomainData(samples);
      let sum = 0;
      for (const sample of samples) sum += sample * sample;
      const loudness = Math.min(1, Math.sqrt(sum / samples.length) * 4);
      // Fast attack, slow decay, like the ear.
      shown = Math.max(loudness, shown * 0.9);
      return shown;
    },
    close: () => {
      source.disconnect();
      analyser.disconnect();
    },
  };
}
