/** One measured value with its target and the raw limit of the same run. */
export interface Figure {
  part: string;
  what: string;
  value: number;
  unit: string;
  atLeast?: number;
  atMost?: number;
  /** The raw limit in the same run and unit. */
  raw?: { what: string; value: number };
  /** The target of `value / raw.value`. */
  ratioAtLeast?: number;
}

export const ratioOf = ({ value, raw }: Figure): number | null =>
  raw && raw.value > 0 ? value / raw.value : null;

/** Whether all targets are met; null without targets. */
export function isMet(figure: Figure): boolean | null {
  const { value, atLeast, atMost, ratioAtLeast } = figure;
  const verdicts = [
    atLeast === undefined ? null : value >= atLeast,
    atMost === undefined ? null : value <= atMost,
    ratioAtLeast === undefined ? null : (ratioOf(figure) ?? 0) >= ratioAtLeast,
  ].filter((verdict) => verdict !== null);
  return verdicts.length === 0 ? null : verdicts.every(Boolean);
}

/** A Markdown table as used in the README. */
export function tableOf(figures: readonly Figure[]): string {
  const header = ['', 'figure', 'ours', 'target', 'raw, same run', 'ours / raw', ''];
  const rows = figures.map((figure) => [
    figure.part,
    figure.what,
    amount(figure.value, figure.unit),
    targetOf(figure),
    figure.raw ? `${amount(figure.raw.value, figure.unit)} (${figure.raw.what})` : '',
    ratioText(ratioOf(figure)),
    { true: '✔', false: '✖', null: '' }[String(isMet(figure))] ?? '',
  ]);
  return aligned([header, header.map(() => '-'), ...rows]);
}

function aligned(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  const cell = (text: string, at: number) =>
    text === '-' ? '-'.repeat(widths[at] ?? 1) : text.padEnd(widths[at] ?? 0);
  return rows.map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
}

function targetOf({ atLeast, atMost, ratioAtLeast, unit }: Figure): string {
  const asked = [
    ...(atLeast === undefined ? [] : [`≥ ${amount(atLeast, unit)}`]),
    ...(atMost === undefined ? [] : [`≤ ${amount(atMost, unit)}`]),
    ...(ratioAtLeast === undefined ? [] : [`≥ ${ratioAtLeast * 100} % of raw`]),
  ];
  return asked.join(', ');
}

function ratioText(ratio: number | null): string {
  if (ratio === null) return '';
  return ratio < 2 ? `${(ratio * 100).toFixed(0)} %` : `${ratio.toFixed(1)} ×`;
}

function amount(value: number, unit: string): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const number = value.toLocaleString('en-US', { maximumFractionDigits: digits });
  return unit === '' ? number : `${number} ${unit}`;
}
