/** The placeholder for redacted values. */
export const REDACTED = '[redacted]';

/**
 * Keys of a payload whose text may be shown. An allowlist is safe by default: a new field stays hidden
 * until someone adds it here.
 */
const SHOWN_KEYS = new Set(['pool', 'requestId', 'reason', 'event', 'type', 'kind', 'state']);
const ID = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{1,20})$/i;
const DEPTH = 8;
const ITEMS = 100;

/** The data of a job as operators may see it: ids, numbers and flags, but no text that users wrote. */
export function redactPayload(value: unknown, key = '', depth = 0): unknown {
  if (typeof value === 'string') return ID.test(value) || SHOWN_KEYS.has(key) ? value : REDACTED;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH) return REDACTED;
  if (Array.isArray(value))
    return value.slice(0, ITEMS).map((item) => redactPayload(item, key, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, redactPayload(item, name, depth + 1)]),
  );
}

/** Patterns to redact in reasons, stacks and log entries: credentials and email addresses. */
const SECRETS: [RegExp, string][] = [
  [/\beyJ[\w-]{5,}\.[\w-]{5,}(\.[\w-]*)?/g, REDACTED],
  [/\bBearer\s+\S+/gi, `Bearer ${REDACTED}`],
  [/\b([a-z+]+:\/\/)[^\s/@:]*:[^\s/@]*@/gi, `$1${REDACTED}@`],
  [/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, REDACTED],
  [
    /((?:password|secret|token|authorization|cookie)["']?\s*[=:]\s*)("[^"]*"|'[^']*'|\S+)/gi,
    `$1${REDACTED}`,
  ],
  [/\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{40,}\b/g, REDACTED],
];

export const redactText = (text: string): string =>
  SECRETS.reduce((shown, [pattern, stand]) => shown.replace(pattern, stand), text);

/** Redacts a response of Bull Board: `data` with `redactPayload`, all other text with `redactText`. */
export function redactAnswer(value: unknown, key = ''): unknown {
  if (key === 'data' && typeof value === 'object' && !Array.isArray(value))
    return redactPayload(value);
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map((item) => redactAnswer(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, redactAnswer(item, name)]),
  );
}
