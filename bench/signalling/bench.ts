import type { Parts } from '../subject.ts';
import { relayOver } from './relay.ts';

/** How fast a signal comes to the partner, beside a socket.io that only passes it on. */
export const parts: Parts = {
  one: relayOver('one server', 1),
  two: relayOver('two servers', 2),
};
