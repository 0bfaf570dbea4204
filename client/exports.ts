/** What `foyer/client` exports. What is not here or in the `exports.ts` of a domain may change in any release. */
export type { Profile, Tokens } from '../contract/accounts.ts';
export type { Client, ClientOptions } from './create-client.ts';
export { createClient } from './create-client.ts';
export type { CallOptions } from './define.ts';
export type { ClientErrorCode } from './errors.ts';
export { ClientError, isClientError, isPassing } from './errors.ts';
export type { Subscription } from './subscriptions.ts';
export type { BackOff } from './transport/back-off.ts';
export type { ConnectionStatus } from './transport/socket.ts';
export type { HeldTokens } from './transport/tokens.ts';
export type { Watchable, Watcher } from './watch.ts';
export { defineWatchable } from './watch.ts';
