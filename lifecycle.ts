import type { Log } from './log.ts';

interface Step {
  name: string;
  run: () => Promise<unknown> | unknown;
}

export interface Lifecycle {
  /** Register a shutdown step. Steps run in the order of registration. */
  onShutdown(name: string, run: Step['run']): void;
  /** Run the steps once, within the budget; later calls wait for the first. */
  shutdown(reason: string): Promise<void>;
  readonly stopping: boolean;
}

/**
 * Ordered, bounded shutdown. If a step throws, the error is logged and the next step runs, so that a
 * failed step does not leave connections open.
 */
export function createLifecycle(log: Log, budgetMs: number): Lifecycle {
  const steps: Step[] = [];
  let running: Promise<void> | undefined;

  async function runSteps(reason: string): Promise<void> {
    log.info({ reason }, 'shutting down');
    const deadline = Date.now() + budgetMs;
    for (const step of steps) {
      const left = Math.max(0, deadline - Date.now());
      await withinBudget(step, left, log);
    }
    log.info('stopped');
  }

  return {
    onShutdown: (name, run) => steps.push({ name, run }),
    shutdown: (reason) => {
      running ??= runSteps(reason);
      return running;
    },
    get stopping() {
      return running !== undefined;
    },
  };
}

async function withinBudget(step: Step, budgetMs: number, log: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeOut = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), budgetMs);
  });
  try {
    const outcome = await Promise.race([Promise.resolve().then(step.run), timeOut]);
    if (outcome === 'late') log.warn({ step: step.name }, 'shutdown step ran out of time');
  } catch (error) {
    log.error({ err: error, step: step.name }, 'shutdown step failed');
  } finally {
    clearTimeout(timer);
  }
}

/** SIGTERM and SIGINT shut down in order; a second signal exits at once. pm2's message counts as one. */
export function exitOnSignals(lifecycle: Lifecycle, log: Log): void {
  const stop = (signal: string) => {
    if (lifecycle.stopping) {
      log.warn({ signal }, 'second signal: exiting at once');
      process.exit(1);
    }
    void lifecycle.shutdown(signal).then(() => process.exit(0));
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('message', (message) => {
    if (message === 'shutdown') stop('shutdown message');
  });
}
