import { expect } from 'chai';
import { definitions } from '../../jobs/catalogue.ts';
import { queueNames, servedQueues } from '../../jobs/queue-names.ts';

describe('the queues', () => {
  it('are those of the domains, of the domains to come, and the shared ones', () => {
    expect(queueNames).to.include.members(['accounts', 'matchmaking', 'tickets', 'votes']);
    expect(queueNames).to.include.members(['messaging', 'integrations', 'maintenance']);
    expect(new Set(queueNames).size).to.equal(queueNames.length);
  });

  it('are served as soon as they have jobs', () => {
    expect(servedQueues([])).to.include.members(definitions.map(({ queue }) => queue));
    const known = new Set<string>(definitions.map(({ queue }) => queue));
    const planned = ['tickets', 'votes', 'messaging'].filter((queue) => !known.has(queue));
    for (const queue of planned) expect(servedQueues([])).to.not.include(queue);
  });

  it('are divided by domain, and every worker serves the shared ones', () => {
    expect(servedQueues(['matchmaking'])).to.have.members([
      ...['matchmaking', 'maintenance', 'integrations'],
    ]);
  });
});
