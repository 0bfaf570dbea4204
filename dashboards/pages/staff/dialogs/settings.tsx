import { useState } from 'preact/hooks';
import type { Controller } from '../controller.ts';
import { QueueChoice } from '../screens/counters.tsx';
import { Buttons, Dialog } from './dialog.tsx';

/** The switches of this device, and the queues of the counter. */
export function SettingsDialog({
  controller,
  onClose,
}: {
  controller: Controller;
  onClose: () => void;
}) {
  const { alerts, keys } = controller.settings();
  const own = controller.counter.get();
  const [chosen, setChosen] = useState<string[]>([...(own?.queueIds ?? [])]);
  const isChanged = own !== null && [...chosen].sort().join() !== [...own.queueIds].sort().join();
  const save = async () => {
    if (!own || chosen.length === 0) return;
    await controller.attempt(() => controller.directory.change(own.id, { queueIds: chosen }));
    onClose();
  };
  return (
    <Dialog title="Settings" onClose={onClose}>
      <label class="check">
        <input
          type="checkbox"
          checked={alerts}
          onChange={({ currentTarget: { checked } }) => controller.change({ alerts: checked })}
        />
        Tell me when somebody waits and I'm free: sound, title and notification
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={keys}
          onChange={({ currentTarget: { checked } }) => controller.change({ keys: checked })}
        />
        Single keys as shortcuts
      </label>
      <QueueChoice
        queues={controller.directory.queues() ?? []}
        chosen={chosen}
        onChange={setChosen}
      />
      <Buttons onClose={onClose} close="Done">
        {isChanged && chosen.length > 0 ? (
          <button type="button" class="main" disabled={controller.isBusy()} onClick={save}>
            Save the queues
          </button>
        ) : null}
        <button
          type="button"
          onClick={() => {
            onClose();
            controller.counter.leave();
          }}
        >
          Other counter
        </button>
      </Buttons>
    </Dialog>
  );
}
