import { expect } from 'chai';
import { newId } from '../../../ids.ts';
import { createMatchmaking } from '../../../server/matchmaking/operations.ts';
import { depsOf } from '../../server/app-under-test.ts';
import { useServices } from '../../support/services.ts';
import { waitFor } from '../../support/wait-for.ts';
import { addUsers } from '../fixtures.ts';
import { opened, whenBlocked } from '../matches.ts';

describe('people whose rows are locked elsewhere', () => {
  const t = useServices();

  it('do not take the connections of everybody', async () => {
    const matchmaking = createMatchmaking(depsOf(t), () => {});
    const people = await addUsers(t.db, 3);
    const held = await opened(t, (_, knex) =>
      knex.raw('select 1 from users where id = any(?::uuid[]) for update', [people]),
    );
    const waiting = people.flatMap((userId) =>
      Array.from({ length: 4 }, () =>
        matchmaking
          .answerFeedback(
            { sessionId: newId(), userId, rating: 5, note: null },
            { key: undefined, requestId: newId() },
          )
          .catch(() => {}),
      ),
    );
    await whenBlocked(t);
    let isAnswered = false;
    const asked = t.db.raw('select 1').then(() => {
      isAnswered = true;
    });
    try {
      await waitFor(() => isAnswered, { what: 'the answer to a stranger' });
    } finally {
      await held.commit();
      await Promise.all([asked, ...waiting]);
    }
    expect(isAnswered).to.equal(true);
  });
});
