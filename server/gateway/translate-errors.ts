import type { SocketError } from '../../contract/problem.ts';
import { toFoyerError } from '../../http/problem.ts';
import type { Log } from '../../log.ts';

/** The socket form: `{ ok: false, error: { code, message, details? } }`. */
export function toSocketError(error: unknown, log: Log): { ok: false; error: SocketError } {
  const { code, message, options } = toFoyerError(error, log);
  const details = {
    ...options.details,
    ...(options.errors ? { errors: options.errors } : {}),
    ...(options.retryAfterSeconds ? { retryAfterSeconds: options.retryAfterSeconds } : {}),
  };
  const some = Object.keys(details).length > 0;
  return { ok: false, error: { code, message, ...(some ? { details } : {}) } };
}
