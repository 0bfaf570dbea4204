import { type Random, weighted } from '../chance.ts';

export interface Languages {
  native: string[];
  practice: string[];
}

/** Roughly the distribution of a language exchange: many English natives, because everyone looks for them. */
const NATIVE: Record<string, number> = {
  en: 30,
  es: 17,
  zh: 11,
  pt: 8,
  ja: 7,
  fr: 7,
  de: 6,
  ko: 5,
  ru: 4,
  it: 3,
  ar: 2,
};
const WANTED: Record<string, number> = {
  en: 55,
  es: 16,
  fr: 10,
  ja: 10,
  de: 8,
  ko: 7,
  zh: 7,
  it: 4,
  pt: 4,
  ru: 2,
  ar: 1,
};
const TWO_NATIVE = 0.06;
const TWO_PRACTICE = 0.2;

/** The languages of one person. The two lists never overlap. */
export function pickLanguages(random: Random): Languages {
  const native = [weighted(NATIVE, random)];
  if (random() < TWO_NATIVE) native.push(weighted(NATIVE, random, native));
  const practice = [weighted(WANTED, random, native)];
  if (random() < TWO_PRACTICE) practice.push(weighted(WANTED, random, [...native, ...practice]));
  return { native, practice };
}
