import type { RequestRow } from '../requests/request-row.ts';

/** A claimed request as it was read under the locks, at that time. */
export type ClaimedRow = RequestRow & { busy: boolean; at: Date };
