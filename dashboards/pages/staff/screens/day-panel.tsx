import type { Controller } from '../controller.ts';
import type { Totals } from '../desk/day-stats.ts';
import { span } from '../texts.ts';

/** Today's stats, a line for each of my queues. */
export function DayPanel({ controller }: { controller: Controller }) {
  const stats = controller.dayStats.of();
  const queues = controller.myQueues().filter(({ id }) => stats.has(id));
  if (queues.length === 0) return null;
  return (
    <section class="panel today" aria-label="Today">
      <h2>Today</h2>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Queue</th>
              <th scope="col">Came</th>
              <th scope="col">Served</th>
              <th scope="col">Didn't come</th>
              <th scope="col">Half waited</th>
              <th scope="col">On time</th>
            </tr>
          </thead>
          <tbody>
            {queues.map(({ id, name }) => (
              <Line key={id} id={id} name={name} totals={stats.get(id)} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const NONE = '–';

interface LineProps {
  id: string;
  name: string;
  totals: Totals | undefined;
}

function Line({ id, name, totals }: LineProps) {
  if (!totals) return null;
  const { arrivals, served, noShows, waitSeconds, withinTarget } = totals;
  return (
    <tr>
      <th scope="row">
        <a href={`/staff/day?queue=${id}`}>{name}</a>
      </th>
      <td>{arrivals}</td>
      <td>{served}</td>
      <td>{noShows}</td>
      <td>{waitSeconds ? `up to ${span(waitSeconds.p50)}` : NONE}</td>
      <td>{withinTarget === null ? NONE : `${Math.round(withinTarget * 100)} %`}</td>
    </tr>
  );
}
