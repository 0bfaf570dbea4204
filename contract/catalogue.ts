import type { z } from 'zod';
import * as accounts from './accounts.ts';
import type { CommandDefinition, PushDefinition, RouteDefinition } from './define.ts';
import * as matchmaking from './matchmaking.ts';
import * as operations from './operations.ts';
import type { Ack } from './problem.ts';

/** The domains by name. OpenAPI tags and operation ids are derived from them. */
export const domains = { accounts, matchmaking, operations } as const;

/** Every route of the server. The OpenAPI document is generated from this list. */
export const routes: readonly RouteDefinition[] = [
  ...accounts.routes,
  ...matchmaking.routes,
  ...operations.routes,
];

/** Every event. The AsyncAPI document and the typed event maps are generated from these two lists. */
const allCommands = [...matchmaking.commands] as const;
const allPushes = [...matchmaking.pushes, ...operations.pushes] as const;
export const commands: readonly CommandDefinition[] = allCommands;
export const pushes: readonly PushDefinition[] = allPushes;

type Command = (typeof allCommands)[number];
type Push = (typeof allPushes)[number];

export type CommandPayload<E extends Command['event']> = z.input<
  Extract<Command, { event: E }>['payload']
>;
export type CommandData<E extends Command['event']> = z.output<
  Extract<Command, { event: E }>['data']
>;
export type PushPayload<E extends Push['event']> = z.output<Extract<Push, { event: E }>['payload']>;

export type CommandName = Command['event'];
export type PushName = Push['event'];
export type ClientToServer = {
  [E in CommandName]: (
    payload: CommandPayload<E>,
    ack: (answer: Ack<CommandData<E>>) => void,
  ) => void;
};
export type ServerToClient = { [E in PushName]: (payload: PushPayload<E>) => void };
