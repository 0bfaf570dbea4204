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

function encodeArray(items: readonly unknown[]): string {
  let text = '{';
  for (let at = 0; at < items.length; at += 1) text += (at > 0 ? ',' : '') + encodeItem(items[at]);
  return `${text}}`;
}

/** What hot statements are made of comes first: they have thousands of such items. */
function encodeItem(item: unknown): string {
  if (typeof item === 'string') return quote(item);
  if (item === null || item === undefined) return 'NULL';
  if (typeof item === 'number') return String(item);
  if (item instanceof Date) return `"${item.toISOString()}"`;
  if (Array.isArray(item)) return encodeArray(item);
  const encoded = encodeValue(item);
  if (encoded === null) return 'NULL';
  if (Buffer.isBuffer(encoded)) return `"\\\\x${encoded.toString('hex')}"`;
  return quote(encoded);
}

const ESCAPED = /["\\]/;
/** JSON has escapes of its own for these. */
const UNLIKE_JSON = /[\p{Cc}\p{Cs}]/u;

/** The escapes of JSON are those of an array, and made much faster than by a replacement. */
function quote(text: string): string {
  if (!ESCAPED.test(text)) return `"${text}"`;
  if (UNLIKE_JSON.test(text)) return `"${text.replace(/["\\]/g, '\\$&')}"`;
  return JSON.stringify(text);
}
