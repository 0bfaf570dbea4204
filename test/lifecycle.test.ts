import { expect } from 'chai';
import { createLifecycle } from '../lifecycle.ts';
import { createLog } from '../log.ts';

const log = createLog('test', 'silent', false);
const never = () => new Promise<void>(() => {});

describe('ordered, bounded shutdown', () => {
  it('runs its steps in order, each after the one before has ended', async () => {
    const lifecycle = createLifecycle(log, 1_000);
    const said: string[] = [];
    for (const name of ['http', 'workers', 'postgresql']) {
      lifecycle.onShutdown(name, async () => {
        said.push(`${name} begins`);
        await Promise.resolve();
        said.push(`${name} ends`);
      });
    }
    await lifecycle.shutdown('test');
    expect(said).to.deep.equal(
      ['http', 'workers', 'postgresql'].flatMap((name) => [`${name} begins`, `${name} ends`]),
    );
  });

  it('goes on after a step that throws', async () => {
    const lifecycle = createLifecycle(log, 1_000);
    const said: string[] = [];
    lifecycle.onShutdown('broken', () => {
      throw new Error('broken');
    });
    lifecycle.onShutdown('next', () => said.push('next'));
    await lifecycle.shutdown('test');
    expect(said).to.deep.equal(['next']);
  });

  it('goes on after a step that does not end within the budget', async () => {
    const lifecycle = createLifecycle(log, 20);
    const said: string[] = [];
    lifecycle.onShutdown('stuck', never);
    lifecycle.onShutdown('next', () => said.push('next'));
    await lifecycle.shutdown('test');
    expect(said).to.deep.equal(['next']);
  });

  it('runs once, however often it is asked for', async () => {
    const lifecycle = createLifecycle(log, 1_000);
    let runs = 0;
    lifecycle.onShutdown('count', () => {
      runs += 1;
    });
    await Promise.all([lifecycle.shutdown('one'), lifecycle.shutdown('two')]);
    expect(runs).to.equal(1);
    expect(lifecycle.stopping).to.equal(true);
  });
});
