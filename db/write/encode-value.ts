/** A value on the wire: text, binary, or null. */
export type Encoded = string | Buffer | null;

/**
 * Encode a statement's value: arrays as PostgreSQL's array literals, other objects as JSON, dates in
 * UTC. The driver encodes while it writes; here it is done before anything is written.
 * @throws {TypeError | RangeError} for a value that has no encoding: a cycle, a function, an invalid date
 */
export function encodeValue(value: unknown): Encoded {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'object') return encodePrimitive(value);
  if (Buffer.isBuffer(value)) return value;
  if (ArrayBuffer.isView(value))
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return encodeArray(value);
  return JSON.stringify(value);
}

function encodePrimitive(value: unknown): string {
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new TypeError(`a ${typeof value} is no value of a statement`);
  return String(value);
}

const encodeArray = (items: readonly unknown[]): string => `{${items.map(encodeItem).join(',')}}`;

function encodeItem(item: unknown): string {
  if (Array.isArray(item)) return encodeArray(item);
  const encoded = encodeValue(item);
  if (encoded === null) return 'NULL';
  if (Buffer.isBuffer(encoded)) return `"\\\\x${encoded.toString('hex')}"`;
  return `"${encoded.replace(/["\\]/g, '\\$&')}"`;
}
