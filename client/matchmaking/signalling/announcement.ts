import { isClientError } from '../../errors.ts';

interface Options {
  /** Tells the server that this side is connected. */
  send: () => Promise<unknown>;
  /** False when the server already knows, or the call has ended here. */
  isNeeded: () => boolean;
  /** The session is over, or is not this person's. */
  onEnded: () => void;
  onTrouble: (error: unknown) => void;
  /** Runs the work later. A later request replaces an earlier one. */
  again: (work: () => Promise<void>) => void;
}

/** Announces that this side is connected, and repeats it until the server acknowledges it. */
export function createAnnouncement(options: Options): () => Promise<void> {
  let announced = false;
  return async function announce(): Promise<void> {
    if (announced || !options.isNeeded()) return;
    announced = true;
    try {
      await options.send();
    } catch (error) {
      if (isClientError(error, 'session.not_found', 'session.bad_transition'))
        return options.onEnded();
      options.onTrouble(error);
      announced = false;
      options.again(announce);
    }
  };
}
