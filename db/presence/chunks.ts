/** People in one call. It takes 1 to 3 ms of Redis, and other clients wait no longer than that. */
export const PEOPLE_PER_CALL = 250;

/** A list in parts of `PEOPLE_PER_CALL`. */
export const chunks = <T>(list: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(list.length / PEOPLE_PER_CALL) }, (_, at) =>
    list.slice(at * PEOPLE_PER_CALL, (at + 1) * PEOPLE_PER_CALL),
  );
