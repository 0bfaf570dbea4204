import type { Parts } from '../subject.ts';
import { live } from './live.ts';
import { sender } from './sender.ts';

/** What webhooks cost: the sender beside bare requests, and joins with a subscription beside none. */
export const parts: Parts = { sender, live };
