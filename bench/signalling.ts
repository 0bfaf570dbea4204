import { benchOf } from './parts.ts';
import { relayOver } from './signalling/relay.ts';

/** How fast a signal comes to the partner, beside a socket.io that only passes it on. */
export const signalling = benchOf({
  one: relayOver('one server', 1),
  two: relayOver('two servers', 2),
});
