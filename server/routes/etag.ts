import { createHash } from 'node:crypto';

/** The entity tag of a version, or of a body. */
export const tagOf = (version: string): string =>
  `W/"${createHash('sha256').update(version).digest('base64url').slice(0, TAG_LENGTH)}"`;
const TAG_LENGTH = 27;

/** Whether `If-None-Match` names a tag (RFC 9110, 13.1.2: compared weakly). */
export function matches(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((each) => bare(each.trim()) === bare(tag));
}

const bare = (tag: string) => tag.replace(/^W\//, '');
