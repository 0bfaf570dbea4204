import { isUtf8 } from 'node:buffer';
import express, { type Request, type Response } from 'express';
import { bounds } from '../../config.ts';
import { FoyerError } from '../../contract/errors.ts';
import { requestError } from '../../http/request-error.ts';

/** Reads any media type up to the limit, inflated. The media type is checked below, with our codes. */
const readBytes = express.raw({ type: () => true, limit: bounds.bodyBytes });

/**
 * The JSON body of a request, or `{}` when there is none: a route whose fields are all optional may
 * be called without a body.
 * @throws {FoyerError} request.too_large · request.unsupported_media_type · request.invalid
 */
export async function readBody(req: Request, res: Response): Promise<unknown> {
  await new Promise<void>((resolve, reject) => {
    readBytes(req, res, (error?: unknown) => (error ? reject(requestError(error)) : resolve()));
  });
  const bytes: unknown = req.body;
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return {};
  if (!isJson(req.headers['content-type'])) throw new FoyerError('request.unsupported_media_type');
  if (!isUtf8(bytes)) throw invalid('The request body is not valid UTF-8.');
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw invalid('The request body is not valid JSON.');
  }
}

const invalid = (detail: string) =>
  new FoyerError('request.invalid', { detail, errors: [{ path: '', message: detail }] });

function isJson(contentType = ''): boolean {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  if (type.trim() !== 'application/json') return false;
  const charset = parameters.find((parameter) => parameter.trim().startsWith('charset='));
  return charset === undefined || /^charset="?utf-?8"?$/.test(charset.trim());
}
