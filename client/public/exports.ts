/** What `foyer/client/public` exports: it shares no state with `foyer/client`, and knows no domain. */
export type { CallOptions } from '../define.ts';
export type { ClientErrorCode } from '../errors.ts';
export { ClientError, isClientError, isPassing } from '../errors.ts';
export type { Subscription } from '../subscriptions.ts';
export type { BackOff } from '../transport/back-off.ts';
export type { ConnectionStatus } from '../transport/socket.ts';
export type { Watchable, Watcher } from '../watch.ts';
export { defineWatchable } from '../watch.ts';
export type { PublicClient, PublicClientOptions } from './create-public-client.ts';
export { createPublicClient } from './create-public-client.ts';
export type { PublicRoutes } from './public-routes.ts';
export { joinRoutes } from './public-routes.ts';
