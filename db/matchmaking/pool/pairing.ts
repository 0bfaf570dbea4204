/** What a person asked for, both lists in order of preference. */
export interface Languages {
  native: readonly string[];
  practice: readonly string[];
}

/** One waiting person, as the pairing rule sees them. */
export interface Waiting extends Languages {
  userId: string;
  requestId: string;
  /** Microseconds since 1970, server time. */
  joinedUs: number;
}

/** The first of `wanted` that is also in `offered`: preference order is the order of `wanted`. */
const firstShared = (wanted: readonly string[], offered: readonly string[]) =>
  wanted.find((code) => offered.includes(code));

/** Each natively speaks a language that the other practises. */
export const compatible = (a: Languages, b: Languages): boolean =>
  firstShared(a.practice, b.native) !== undefined &&
  firstShared(b.practice, a.native) !== undefined;

/** Whether `a` waited longer. The smaller request id decides when both joined in the same microsecond. */
export const isOlder = (
  a: Pick<Waiting, 'joinedUs' | 'requestId'>,
  b: Pick<Waiting, 'joinedUs' | 'requestId'>,
) => a.joinedUs < b.joinedUs || (a.joinedUs === b.joinedUs && a.requestId < b.requestId);

export interface Pairing {
  language: string;
  practiceUserId: string;
  nativeUserId: string;
}

/**
 * The language of a session: the first one in the practice list of the person who waited longer that
 * the other speaks natively. Undefined when the two are not compatible or are one person.
 */
export function pairingOf(a: Waiting, b: Waiting): Pairing | undefined {
  if (a.userId === b.userId || !compatible(a, b)) return undefined;
  const [older, younger] = isOlder(a, b) ? [a, b] : [b, a];
  const language = firstShared(older.practice, younger.native);
  if (!language) return undefined;
  return { language, practiceUserId: older.userId, nativeUserId: younger.userId };
}

/** The index buckets of a person, `native>practice`; a partner is in the mirrored one. */
export const bucketsOf = ({ native, practice }: Languages): string[] =>
  native.flatMap((speaks) => practice.map((learns) => `${speaks}>${learns}`));
