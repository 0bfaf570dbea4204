const TTY_MS = 250;
/** Outside a terminal, one line every few seconds is enough. */
const LINES_MS = 2_000;

export interface Progress {
  stop(): void;
}

/** One line that is written over in a terminal, else one line every two seconds. */
export function showProgress(out: NodeJS.WriteStream, words: () => readonly string[]): Progress {
  const tty = out.isTTY === true;
  const show = () => {
    const text = words().join(' · ');
    out.write(tty ? `\r\x1b[K${text}` : `${text}\n`);
  };
  const timer = setInterval(show, tty ? TTY_MS : LINES_MS);
  return {
    stop: () => {
      clearInterval(timer);
      show();
      if (tty) out.write('\n');
    },
  };
}
