import { expect } from 'chai';
import { createGroupCommit } from '../../db/write/group-commit.ts';
import { useServices } from '../support/services.ts';
import { waitFor } from '../support/wait-for.ts';

describe('draining a group commit to which more and more is submitted', () => {
  const services = useServices();

  it('ends when what was there at the time is done', async () => {
    let goesOn = true;
    let written = 0;
    const group = createGroupCommit<number, number>({
      name: 'test',
      maxItems: 10,
      maxWaiting: 1_000,
      async flush(items) {
        await services.redis.ping();
        written += items.length;
        return items.map((ok) => ({ ok }));
      },
    });
    /** Each of these has always one item waiting or in a batch. */
    const submitAgain = async () => {
      while (goesOn) await group.submit(1);
    };
    const busy = Array.from({ length: 30 }, submitAgain);
    let isDrained = false;
    void group.drain().then(() => {
      isDrained = true;
    });
    await waitFor(() => isDrained || written > 5_000, { what: 'the drain, or very much work' });
    goesOn = false;
    expect(isDrained, `after ${written} items`).to.equal(true);
    await Promise.all(busy);
  });
});
