import type { z } from 'zod';
import type { PushName } from '../../contract/catalogue.ts';
import type {
  Access,
  CommandDefinition,
  Namespace,
  SubscriptionDefinition,
} from '../../contract/define.ts';
import type { Room } from '../../db/realtime/rooms.ts';
import type { Caller } from '../deps.ts';

/** A public command may come from a caller without an account. */
export type CallerFor<Who extends Access> = 'public' extends Who ? Caller | undefined : Caller;

/** The socket that a command came on. */
export interface CommandSocket {
  id: string;
  namespace: Namespace;
  /** The address of the client, as the trusted proxies report it. */
  address: string;
  /** Whether the socket watches something with this room: access was checked for it. */
  isIn(room: Room): boolean;
  /** Called once when the socket is gone; at once if it is gone already. */
  onDisconnect(work: () => void): void;
}

export interface CommandContext<Payload, Who extends Access = 'user'> {
  payload: Payload;
  caller: CallerFor<Who>;
  requestId: string;
  socket: CommandSocket;
}

/** The context of an owner gate. Its payload is not validated. */
export type OwnerContext<Who extends Access> = CommandContext<unknown, Who>;

export interface MountedCommand {
  command: CommandDefinition;
  owner?: (context: OwnerContext<never>) => Promise<unknown>;
  handle: (context: CommandContext<never, never>) => Promise<unknown>;
}

type Handle<P extends z.ZodType, D extends z.ZodType, A extends Access> = (
  context: CommandContext<z.output<P>, A>,
) => Promise<z.input<D>>;

interface GatedHandle<P extends z.ZodType, D extends z.ZodType, A extends Access> {
  /**
   * Called only for an invalid payload, so that a stranger gets "not found" or "forbidden" and not the
   * validation errors. The transaction decides about a valid payload.
   * @throws {FoyerError} <thing>.not_found · auth.forbidden
   */
  owner?: (context: OwnerContext<A>) => Promise<unknown>;
  handle: Handle<P, D, A>;
}

/** A command with its handler; `createDispatcher` takes a list of them. */
export const mountCommand = <
  E extends string,
  P extends z.ZodType,
  D extends z.ZodType,
  A extends Access,
>(
  command: CommandDefinition<E, P, D, A>,
  handler: Handle<P, D, A> | GatedHandle<P, D, A>,
): MountedCommand => {
  const { owner, handle } = typeof handler === 'function' ? { handle: handler } : handler;
  return {
    command: command as unknown as CommandDefinition,
    handle: handle as unknown as MountedCommand['handle'],
    ...(owner ? { owner: owner as unknown as NonNullable<MountedCommand['owner']> } : {}),
  };
};

interface SubscriptionParts<P extends z.ZodType, S extends z.ZodType, A extends Access> {
  /** The room, or the rooms, that the payload names. */
  room(payload: z.output<P>, caller: CallerFor<A>): Room | readonly Room[];
  /**
   * Called before the room is joined, and again at intervals. False ends the watch with `auth.forbidden`,
   * a thrown `<thing>.not_found` with that code. Rechecks come by the hundred, so it reads through a batch loader.
   */
  mayWatch(payload: z.output<P>, caller: CallerFor<A>): Promise<boolean>;
  /** The current state with its seq; read after Redis confirmed the room. It checks access again. */
  snapshot(payload: z.output<P>, caller: CallerFor<A>): Promise<z.input<S>>;
  /** What names the watch: payloads with the same one are one watch. By default the entire payload. */
  key?(payload: z.output<P>): string;
  /** For what follows from the changes of others: read about once a second, and pushed when it changed. */
  refresh?: Refresh<z.output<P>>;
}

/** A push for each of these watches of one instance; undefined for nothing new. */
export interface Refresh<Payload> {
  event: PushName;
  read(payloads: readonly Payload[]): Promise<readonly (object | undefined)[]>;
}

export interface MountedSubscription {
  subscription: SubscriptionDefinition;
  room: (payload: unknown, caller: Caller | undefined) => Room | readonly Room[];
  mayWatch: (payload: unknown, caller: Caller | undefined) => Promise<boolean>;
  snapshot: (payload: unknown, caller: Caller | undefined) => Promise<unknown>;
  key?: (payload: unknown) => string;
  refresh?: Refresh<never>;
}

/** A subscription with its room, access check and snapshot. */
export const mountSubscription = <
  E extends string,
  U extends string,
  P extends z.ZodType,
  S extends z.ZodType,
  A extends Access,
>(
  subscription: SubscriptionDefinition<E, U, P, S, A>,
  parts: SubscriptionParts<P, S, A>,
): MountedSubscription => ({
  ...(parts as unknown as Omit<MountedSubscription, 'subscription'>),
  subscription: subscription as unknown as SubscriptionDefinition,
});
