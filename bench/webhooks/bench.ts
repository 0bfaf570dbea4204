import type { Parts } from '../subject.ts';
import { below, live } from './live.ts';
import { sender } from './sender.ts';

/** The cost of webhooks: the sender compared with bare requests, and joins with and without a subscription. */
export const parts: Parts = { sender, live, below };
