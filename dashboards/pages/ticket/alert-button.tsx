import type { AlertState } from './alerts.ts';
import type { TicketController } from './controller.ts';

interface Props {
  controller: TicketController;
  /** No other button matters more now. */
  isMain: boolean;
}

/** Sound and notifications. The browser asks only after this button. */
export function AlertButton({ controller, isMain }: Props) {
  const state = controller.alerts();
  if (state.sound && state.notices !== 'default') return <p class="small">{words(state)}</p>;
  return (
    <div class="actions">
      <button type="button" class={isMain ? 'main' : ''} onClick={controller.turnOnAlerts}>
        Alert me when it's my turn
      </button>
    </div>
  );
}

function words({ notices }: AlertState): string {
  if (notices === 'granted')
    return 'We ring, and notify you when it is your turn. Keep this page open.';
  if (notices === 'denied')
    return 'We ring when it is your turn. Keep this page in front: notifications are blocked in the settings of your browser.';
  return 'We ring when it is your turn. Keep this page in front.';
}
