import { FoyerError } from '../contract/errors.ts';

/** @throws {FoyerError} auth.invalid for another scheme than Bearer */
export function bearerOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const token = /^Bearer +([^\s]+) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw new FoyerError('auth.invalid');
  return token;
}
