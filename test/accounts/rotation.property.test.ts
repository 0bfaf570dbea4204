import fc from 'fast-check';
import { endFamily, openFamily, rotate } from '../../db/accounts/sign-in/refresh-tokens.ts';
import { insert } from '../../db/accounts/users.ts';
import { useServices } from '../support/services.ts';

describe('accounts: refresh tokens, any order of use', () => {
  const services = useServices();

  it('only the latest token of a family without logout or reuse can be refreshed', async () => {
    const { db } = services;
    const person = await insert(db, { displayName: 'Ada', role: 'guest' });
    // which token to present, counted from the latest, and whether to sign out with it
    const step = fc.record({
      back: fc.nat({ max: 3 }),
      logout: fc.boolean(),
    });
    const steps = fc.array(
      fc.oneof({ weight: 5, arbitrary: fc.constant({ back: 0, logout: false }) }, step),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const tokens = [(await openFamily(db, person.id)).refreshToken];
        let ended = false;
        for (const { back, logout } of sequence) {
          const index = Math.max(0, tokens.length - 1 - back);
          const token = tokens[index] ?? '';
          const newest = index === tokens.length - 1;
          if (logout) {
            await endFamily(db, token);
            ended = true;
            continue;
          }
          const expected = !newest ? 'reused' : ended ? 'invalid' : 'rotated';
          const rotation = await rotate(db, token);
          if (rotation.outcome !== expected) return false;
          if (rotation.outcome === 'rotated') tokens.push(rotation.refreshToken);
          if (rotation.outcome === 'reused') ended = true;
        }
        return true;
      }),
      { numRuns: 40 },
    );
  });
});
