import type { ComponentChildren } from 'preact';
import { span } from '../texts.ts';
import type { Report } from './controller.ts';
import { busyShare, countersOf, type Hour } from './series.ts';

export const NONE = '–';

const COUNTERS = ['Counter', 'Served', 'Half took up to', 'Open', 'Paused', 'Busy'];

/** What each counter did. */
export function CounterTable({ report }: { report: Report }) {
  const counters = countersOf(report.whole);
  if (counters.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="counters">
      <h2 id="counters">Counters</h2>
      <Scroll label="Counters">
        <table>
          <Head columns={COUNTERS} />
          <tbody>
            {counters.map((counter) => {
              const { counterId, counterName, served, serviceSeconds, counterSeconds } = counter;
              const busy = busyShare(counter);
              return (
                <tr key={counterId}>
                  <th scope="row">{counterName}</th>
                  <td>{served}</td>
                  <td>{serviceSeconds ? span(serviceSeconds.p50) : NONE}</td>
                  <td>{span(counterSeconds.open)}</td>
                  <td>{counterSeconds.paused > 0 ? span(counterSeconds.paused) : NONE}</td>
                  <td>{busy === null ? NONE : `${busy} %`}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

const HOURS = [
  'Hour',
  'Came',
  'Served',
  "Didn't come",
  'Cancelled',
  'Half waited',
  '9 of 10',
  'On time',
];
const minutes = (value: number | null) => (value === null ? NONE : `${value} min`);

/** The numbers of the charts. */
export const HourTable = ({ hours }: { hours: readonly Hour[] }) => (
  <details>
    <summary>These hours as a table</summary>
    <Scroll label="Hours">
      <table>
        <Head columns={HOURS} />
        <tbody>
          {hours.map((hour) => (
            <tr key={hour.label}>
              <th scope="row">{hour.label}</th>
              <td>{hour.arrivals}</td>
              <td>{hour.served}</td>
              <td>{hour.noShows}</td>
              <td>{hour.cancelled}</td>
              <td>{minutes(hour.waitHalf)}</td>
              <td>{minutes(hour.waitMost)}</td>
              <td>{hour.withinTarget === null ? NONE : `${hour.withinTarget} %`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  </details>
);

const Head = ({ columns }: { columns: readonly string[] }) => (
  <thead>
    <tr>
      {columns.map((column) => (
        <th key={column} scope="col">
          {column}
        </th>
      ))}
    </tr>
  </thead>
);

/** A table that is wider than a telephone. */
const Scroll = ({ label, children }: { label: string; children: ComponentChildren }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys scroll it
  // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls
  <div class="scroll" role="group" aria-label={label} tabIndex={0}>
    {children}
  </div>
);
