/** An id for every path parameter and for bodies that name something. */
export const AN_ID = '018f3c4e-0000-7000-8000-000000000001';

/** What a domain adds to the tests of the contract: the `examples` of `domains/<name>.ts`, found by folder. */
export interface ContractExamples {
  /** A valid body for every route that takes JSON, by method and path. */
  bodies: Record<string, Record<string, unknown>>;
  /** A body for every route that takes raw bytes, with its media type. */
  raws?: Record<string, { raw: string; contentType: string }>;
  /** The query of routes that require one, with its question mark. */
  queries?: Record<string, string>;
}
