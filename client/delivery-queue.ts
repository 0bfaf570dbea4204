/**
 * Runs deliveries one at a time, in order. An error goes to `onError` and does not stop the queue.
 * `onRoom` is called when the queue becomes empty.
 */
export function createDeliveryQueue(
  maxWaiting: number,
  { onError, onRoom }: { onError: (error: unknown) => void; onRoom: () => void },
) {
  let waiting: (() => unknown)[] = [];
  let isRunning = false;
  let isClosed = false;

  async function run(): Promise<void> {
    isRunning = true;
    for (let next = waiting.shift(); next && !isClosed; next = waiting.shift()) {
      try {
        await next();
      } catch (error) {
        onError(error);
      }
    }
    isRunning = false;
    if (!isClosed) onRoom();
  }

  return {
    room: () => Math.max(0, maxWaiting - waiting.length),
    add(...deliveries: (() => unknown)[]): void {
      if (isClosed || deliveries.length === 0) return;
      waiting.push(...deliveries);
      if (!isRunning) void run();
    },
    close(): void {
      isClosed = true;
      waiting = [];
    },
  };
}
