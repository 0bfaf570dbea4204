import { v7 } from 'uuid';

/** A UUIDv7. It sorts by creation time, so indexes grow at their end. */
export const newId = (): string => v7();
