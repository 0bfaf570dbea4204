import type { Analytics } from '../../../../contract/tickets.ts';
import { Title } from '../screens/message.tsx';
import { span } from '../texts.ts';
import { Chart } from './chart.tsx';
import type { Controller, Report } from './controller.ts';
import { daysLater, isDay } from './local-day.ts';
import { hoursOf, percent } from './series.ts';
import { CounterTable, HourTable, NONE } from './tables.tsx';

/** The day of one queue: its totals, charts by the hour, and its counters. */
export function Day({ controller }: { controller: Controller }) {
  const queue = controller.queue();
  const report = controller.report();
  if (!queue) return null;
  return (
    <>
      <Title>The day of “{queue.name}”</Title>
      <Choice controller={controller} />
      {report ? (
        <Hours report={report} timeZone={queue.timezone} target={queue.targetWaitSeconds} />
      ) : (
        <p class="soft">{controller.error() === null ? 'One moment…' : ''}</p>
      )}
    </>
  );
}

function Choice({ controller }: { controller: Controller }) {
  const [day, today] = [controller.day(), controller.today()];
  const { timezone } = controller.queue() ?? {};
  return (
    <form class="choice" onSubmit={(event) => event.preventDefault()}>
      <label>
        Queue
        <select
          value={controller.queue()?.id ?? ''}
          onChange={({ currentTarget }) => controller.choose({ queueId: currentTarget.value })}
        >
          {controller.queues().map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Day
        <input
          type="date"
          value={day}
          max={today}
          onChange={({ currentTarget: { value } }) => {
            if (isDay(value)) controller.choose({ day: value });
          }}
        />
      </label>
      <div class="steps">
        <button type="button" onClick={() => controller.choose({ day: daysLater(day, -1) })}>
          Day before
        </button>
        <button
          type="button"
          disabled={day >= today}
          onClick={() => controller.choose({ day: daysLater(day, 1) })}
        >
          Day after
        </button>
        <button type="button" onClick={() => controller.saveTable()}>
          Save as CSV
        </button>
      </div>
      <p class="small">Times are those of the queue: {timezone}.</p>
    </form>
  );
}

interface HoursProps {
  report: Report;
  timeZone: string;
  target: number;
}

function Hours({ report, timeZone, target }: HoursProps) {
  const hours = hoursOf(report.hours, timeZone);
  if (hours.length === 0) return <p class="lead">Nothing happened on this day.</p>;
  const labels = hours.map(({ label }) => label);
  return (
    <>
      <Totals totals={report.whole.totals} target={target} />
      <div class="charts">
        <Chart
          {...{ title: 'Who came and who was served', unit: '', labels }}
          series={[
            { name: 'Served', kind: 'bars', values: hours.map(({ served }) => served) },
            { name: 'Came', kind: 'dashes', values: hours.map(({ arrivals }) => arrivals) },
          ]}
        />
        <Chart
          {...{ title: 'Waits in minutes', unit: ' min', labels }}
          series={[
            { name: 'Half waited up to', kind: 'line', values: hours.map((h) => h.waitHalf) },
            {
              ...{ name: '9 of 10 waited up to', kind: 'dashes' },
              values: hours.map((h) => h.waitMost),
            },
          ]}
        />
        <Chart
          {...{ title: `Called within ${span(target)}, in %`, unit: ' %', labels, most: 100 }}
          series={[{ name: 'On time', kind: 'bars', values: hours.map((h) => h.withinTarget) }]}
        />
        <CounterTable report={report} />
      </div>
      <HourTable hours={hours} />
    </>
  );
}

function Totals({ totals, target }: { totals: Analytics['totals']; target: number }) {
  const { waitSeconds, serviceSeconds, withinTarget, eta } = totals;
  const ends = totals.served + totals.noShows + totals.cancelled;
  const lost = ends === 0 ? null : percent((totals.noShows + totals.cancelled) / ends);
  const tiles: [title: string, value: string | number, note: string][] = [
    ['Came', totals.arrivals, 'new, or from another queue'],
    ['Served', totals.served, serviceSeconds ? `half took up to ${span(serviceSeconds.p50)}` : ''],
    [
      'Lost',
      lost === null ? NONE : `${lost} %`,
      `${totals.noShows} did not come, ${totals.cancelled} cancelled`,
    ],
    [
      'Half waited up to',
      waitSeconds ? span(waitSeconds.p50) : NONE,
      waitSeconds ? `9 of 10 up to ${span(waitSeconds.p90)}` : '',
    ],
    [
      'On time',
      withinTarget === null ? NONE : `${percent(withinTarget)} %`,
      `called within ${span(target)}`,
    ],
    [
      'Estimates kept',
      eta ? `${percent(eta.coverage90)} %` : NONE,
      eta ? `of ${eta.n}; 90 % is right` : 'none was given',
    ],
  ];
  return (
    <dl class="tiles">
      {tiles.map(([title, value, note]) => (
        <div key={title} class="tile">
          <dt>{title}</dt>
          <dd>
            <strong>{value}</strong>
            <small>{note}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}
