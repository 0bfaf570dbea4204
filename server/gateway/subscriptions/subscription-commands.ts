import type { Socket } from 'socket.io';
import type { Namespace } from '../../../contract/define.ts';
import { FoyerError } from '../../../contract/errors.ts';
import type { CommandContext, MountedCommand, MountedSubscription } from '../mount.ts';
import type { Subscriptions } from './subscriptions.ts';

type Context = CommandContext<unknown, never>;

/** The two commands of each subscription: start to watch, and stop. */
export function subscriptionCommands(
  mounted: readonly MountedSubscription[],
  subscriptions: Subscriptions,
  socketOf: (namespace: Namespace, id: string) => Socket | undefined,
): MountedCommand[] {
  const find = ({ socket: { namespace, id } }: Context) => {
    const socket = socketOf(namespace, id);
    if (!socket) throw new FoyerError('service.unavailable', { retryAfterSeconds: 1 });
    return socket;
  };
  return mounted.flatMap((each) => [
    {
      command: each.subscription.watch,
      handle: async (context: Context) => subscriptions.watch(find(context), each, context.payload),
    },
    {
      command: each.subscription.unwatch,
      handle: async (context: Context) => {
        subscriptions.unwatch(find(context), each, context.payload);
        return {};
      },
    },
  ]);
}
