import { useState } from 'preact/hooks';
import type { Controller } from '../controller.ts';
import { Buttons, Dialog } from './dialog.tsx';

const REASONS = ['Break', 'Lunch', 'Away from the desk'];

export function PauseDialog({
  controller,
  onClose,
}: {
  controller: Controller;
  onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const pause = (event: Event) => {
    event.preventDefault();
    onClose();
    const given = reason.trim();
    void controller.attempt(() => controller.counter.pause(given === '' ? null : given));
  };
  return (
    <Dialog title="Pause the counter" onClose={onClose}>
      <form onSubmit={pause}>
        <label>
          Reason (optional)
          <input
            type="text"
            name="reason"
            maxLength={40}
            list="pause-reasons"
            autocomplete="off"
            value={reason}
            onInput={({ currentTarget }) => setReason(currentTarget.value)}
          />
        </label>
        <datalist id="pause-reasons">
          {REASONS.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        <Buttons onClose={onClose}>
          <button type="submit" class="main">
            Pause
          </button>
        </Buttons>
      </form>
    </Dialog>
  );
}
