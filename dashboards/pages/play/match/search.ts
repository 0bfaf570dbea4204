import type { Client } from '../../../../client/create-client.ts';
import { isWaiting } from '../../../../client/matchmaking/state.ts';
import type { ExtrasHolder } from './extras.ts';
import type { MicrophoneHolder } from './microphone.ts';
import { type Choice, keepChoice, readChoice, topicsOf } from './stored.ts';

/** Looking for a partner: from the button to the match request. */
export interface Search {
  /** The person asked for a partner, and the request is not made yet. */
  readonly asked: boolean;
  /** Sessions and requests whose end the person has seen. */
  readonly done: ReadonlySet<string>;
  /** Asks again with the choice of last time. */
  repeat(): Promise<void>;
  find(choice: Choice): Promise<void>;
  askMicrophone(): Promise<void>;
  stop(): Promise<void>;
  /** Back to the choice, without asking the server anything. */
  leaveScreen(): void;
  goOn(): void;
}

export function createSearch(
  client: Client,
  microphone: MicrophoneHolder,
  extras: ExtrasHolder,
  changed: () => void,
): Search {
  const done = new Set<string>();
  let asked = false;

  async function join(choice: Choice): Promise<void> {
    const topics = topicsOf(choice);
    asked = true;
    changed();
    if ((await microphone.ask()) !== 'ready' || !asked) return;
    extras.forgetCall();
    await extras.attempt('join', () =>
      client.emit('match:join', {
        native: choice.native,
        practice: choice.practice,
        ...(choice.level === null ? {} : { level: choice.level }),
        ...(topics.length > 0 ? { topics } : {}),
      }),
    );
    asked = false;
    changed();
  }

  function goOn(): void {
    const { session, matchRequest } = client.matchmaking.state;
    if (session) done.add(session.id);
    if (matchRequest) done.add(matchRequest.id);
  }

  return {
    get asked() {
      return asked;
    },
    done,
    goOn,
    repeat: () => join(readChoice()),
    find: (choice) => {
      keepChoice(choice);
      goOn();
      return join(choice);
    },
    askMicrophone: async () => {
      if (asked) return join(readChoice());
      await microphone.ask();
    },
    stop: async () => {
      asked = false;
      // A join may be under way: a person who stops then must not wait for a partner all the same.
      if (extras.isUnderWay('join') || isWaiting(client.matchmaking.state.matchRequest))
        await extras.attempt('leave', async () => {
          await client.emit('match:leave', {});
          goOn();
        });
      changed();
    },
    leaveScreen: () => {
      asked = false;
      goOn();
      extras.set({ error: null });
      changed();
    },
  };
}
