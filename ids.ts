import { v7 } from 'uuid';

/** A UUIDv7: sortable by the time it was made, so that indexes grow at their end. */
export const newId = (): string => v7();
