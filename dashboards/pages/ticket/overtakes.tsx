import type { TicketController } from './controller.ts';
import { overtakeWords } from './texts.ts';

/** Who was called before this ticket although it came first, and why. Read when it is opened. */
export function Overtakes({ controller }: { controller: TicketController }) {
  const { overtakes } = controller.extras();
  return (
    <details
      onToggle={(event) => {
        if (event.currentTarget.open) void controller.loadOvertakes();
      }}
    >
      <summary>Why were they first?</summary>
      {overtakes === null ? <p>One moment…</p> : null}
      {overtakes === 'failed' ? (
        <p>We can't say at the moment. Close this and open it again.</p>
      ) : null}
      {Array.isArray(overtakes) && overtakes.length === 0 ? (
        <p>Everyone who was called came before you.</p>
      ) : null}
      {Array.isArray(overtakes) && overtakes.length > 0 ? (
        <ul>
          {overtakes.map((overtake) => (
            <li key={`${overtake.code} ${overtake.at}`}>{overtakeWords(overtake)}</li>
          ))}
        </ul>
      ) : null}
    </details>
  );
}
