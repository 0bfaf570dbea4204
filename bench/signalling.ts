import { benchOf } from './parts.ts';
import { relayOver } from './signalling/relay.ts';

/** The latency of signals to the partner, compared with a socket.io server that only forwards them. */
export const signalling = benchOf({
  one: relayOver('one server', 1),
  two: relayOver('two servers', 2),
});
