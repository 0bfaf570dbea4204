import { FoyerError } from '../contract/errors.ts';

/** Errors of express and body-parser carry a status. A status below 500 means an invalid request. */
export function requestError(error: unknown): unknown {
  if (error instanceof FoyerError || !(error instanceof Error)) return error;
  const { status, type } = error as { status?: number; type?: string };
  if (status === 413) return new FoyerError('request.too_large');
  if (status === 415) return new FoyerError('request.unsupported_media_type');
  if (status === undefined || status >= 500) return error;
  const detail = type === undefined ? 'The URL is malformed.' : 'The request body is malformed.';
  return new FoyerError('request.invalid', { detail, errors: [{ path: '', message: detail }] });
}
