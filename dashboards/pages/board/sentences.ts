import type { Call } from './calls.ts';

/** With a counter, and without one. The names of counters are as staff wrote them. */
interface Sentences {
  to: (code: string, counter: string) => string;
  alone: (code: string) => string;
}

const plain = (number: string, please: string): Sentences => ({
  to: (code, counter) => `${number} ${code}, ${please} ${counter}.`,
  alone: (code) => `${number} ${code}.`,
});

const LANGUAGES: Record<string, Sentences> = {
  de: plain('Nummer', 'bitte zu'),
  en: plain('Number', 'please go to'),
  es: plain('Número', 'por favor:'),
  fr: plain('Numéro', "s'il vous plaît :"),
  it: plain('Numero', 'prego:'),
  nl: plain('Nummer', 'graag naar'),
  pl: plain('Numer', 'proszę:'),
  pt: plain('Número', 'por favor:'),
  tr: plain('Numara', 'lütfen:'),
  uk: plain('Номер', 'будь ласка:'),
};
/** Understood in any language. */
const BARE: Sentences = {
  to: (code, counter) => `${code}. ${counter}.`,
  alone: (code) => `${code}.`,
};

/** `A042` → `A 42`, `AB-007` → `A B 7`: letters one by one, and a number that a voice reads as a number. */
export function spokenCode(code: string): string {
  const [, prefix = '', digits] = /^(.*?)(\d+)$/.exec(code) ?? [];
  if (digits === undefined) return code;
  const letters = prefix.replaceAll('-', '').split('');
  return [...letters, Number(digits)].join(' ');
}

/** What a voice says about a call. `language` is a tag such as `de` or `pt-BR`. */
export function sentence(language: string, { code, counter }: Call): string {
  const { to, alone } = LANGUAGES[language.toLowerCase().split('-')[0] ?? ''] ?? BARE;
  return counter === null ? alone(spokenCode(code)) : to(spokenCode(code), counter);
}
