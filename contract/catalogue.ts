import type { z } from 'zod';
import type { CommandDefinition, PushDefinition, RouteDefinition } from './define.ts';
import { domains } from './domains.ts';
import type { Ack } from './problem.ts';
import { stateCurrent } from './state-current.ts';

type Domains = typeof domains;
type Domain = Domains[keyof Domains];
type Command = Domain['commands'][number];
type Push = Domain['pushes'][number] | typeof stateCurrent;

const all: readonly {
  routes: readonly RouteDefinition[];
  commands: readonly CommandDefinition[];
  pushes: readonly PushDefinition[];
}[] = Object.values(domains);

/** Every route of the server port; OpenAPI is generated from this list. */
export const routes: readonly RouteDefinition[] = all.flatMap((domain) => domain.routes);
/** Every event; AsyncAPI is generated from these two lists, and the typed event maps follow them. */
export const commands: readonly CommandDefinition[] = all.flatMap((domain) => domain.commands);
export const pushes: readonly PushDefinition[] = [
  ...all.flatMap((domain) => domain.pushes),
  stateCurrent,
];

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
