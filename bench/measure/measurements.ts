/** One measured number, beside what is asked of it and what the bare parts do in the same run. */
export interface Measurement {
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

export const ratioOf = ({ value, raw }: Measurement): number | null =>
  raw && raw.value > 0 ? value / raw.value : null;

/** Whether everything that is asked of it holds; null when nothing is. */
export function isMet(measurement: Measurement): boolean | null {
  const { value, atLeast, atMost, ratioAtLeast } = measurement;
  const verdicts = [
    atLeast === undefined ? null : value >= atLeast,
    atMost === undefined ? null : value <= atMost,
    ratioAtLeast === undefined ? null : (ratioOf(measurement) ?? 0) >= ratioAtLeast,
  ].filter((verdict) => verdict !== null);
  return verdicts.length === 0 ? null : verdicts.every(Boolean);
}

/** Markdown, in the form in which README takes it over. */
export function tableOf(measurements: readonly Measurement[]): string {
  const header = ['', 'measurement', 'ours', 'target', 'raw, same run', 'ours / raw', ''];
  const rows = measurements.map((measurement) => [
    measurement.part,
    measurement.what,
    amount(measurement.value, measurement.unit),
    targetOf(measurement),
    measurement.raw
      ? `${amount(measurement.raw.value, measurement.unit)} (${measurement.raw.what})`
      : '',
    ratioText(ratioOf(measurement)),
    { true: '✔', false: '✖', null: '' }[String(isMet(measurement))] ?? '',
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

function targetOf({ atLeast, atMost, ratioAtLeast, unit }: Measurement): string {
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
