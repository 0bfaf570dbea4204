import { expect } from 'chai';
import { signedHeaders } from '../../../../workers/integrations/sign.ts';
import type { Received } from '../../../integrations/receiver.ts';
import type { Change } from '../../audit.ts';
import { invented, missing, outOfOrder, reachedStates } from './checker.ts';
import { SECRET } from './outbox.ts';

/** A run takes longer than the five minutes that a receiver tolerates. */
const LONG_AGO = 1_700_000_000;

const change = (op: Change['op'], state: string, version: number): Change => ({
  ...{ seq: version, tx: String(version), at: 0, table: 'sessions', op },
  row: { id: 'a', state, version },
});
const changes = [
  change('INSERT', 'matched', 1),
  change('UPDATE', 'connecting', 2),
  change('UPDATE', 'active', 3),
  change('UPDATE', 'active', 4),
  change('UPDATE', 'completed', 5),
];
const received = (type: string, version: number, secret = SECRET): Received => {
  const data = { id: 'a', version };
  const body = JSON.stringify({ type, data });
  const headers = signedHeaders(`${type} ${version}`, LONG_AGO, body, [secret]);
  return { path: '/', headers, body, type, data };
};
const right = [
  received('session.created', 1),
  received('session.active', 3),
  received('session.completed', 5),
];

describe('chaos: rules of webhooks', () => {
  const reached = reachedStates(changes);
  const [created, active, completed] = right as [Received, Received, Received];

  it('find nothing wrong with a right history, duplicates included', () => {
    const all = [created, active, created, completed];
    expect([...missing(reached, all), ...outOfOrder(all), ...invented(reached, all)]).to.deep.equal(
      [],
    );
  });

  it('find what was lost, came out of order, was invented or not signed', () => {
    expect(missing(reached, [created, completed])).to.have.length(1);
    expect(outOfOrder([created, completed, active])).to.have.length(1);
    expect(invented(reached, [received('session.failed', 5)])).to.have.length(1);
    const other = `whsec_${Buffer.alloc(32, 6).toString('base64')}`;
    expect(invented(reached, [received('session.active', 3, other)])).to.have.length(1);
  });
});
