import { expect } from 'chai';
import { openFamily, rotate } from '../../db/accounts/sign-in/refresh-tokens.ts';
import { insert } from '../../db/accounts/users.ts';
import { purgeExpired } from '../../workers/accounts/purge-expired.ts';
import type { JobContext } from '../../workers/deps.ts';
import { useServices } from '../support/services.ts';

describe('accounts: purge-expired', () => {
  const services = useServices();

  it('deletes expired refresh tokens and keeps used ones until they expire', async () => {
    const { db } = services;
    const user = await insert(db, { displayName: 'Ada', role: 'guest' });
    await openFamily(db, user.id);
    await openFamily(db, user.id);
    await db.raw(`update refresh_tokens set expires_at = now() - interval '1 second'`);
    const { refreshToken } = await openFamily(db, user.id);
    await rotate(db, refreshToken);

    const reports: [string, number | undefined][] = [];
    const report = (line: string, repairs?: number) => reports.push([line, repairs]);
    const context = { db, report } as Partial<JobContext> as JobContext;
    await purgeExpired({}, context);
    await purgeExpired({}, context);
    expect(reports.filter(([line]) => line.endsWith('tokens deleted'))).to.deep.equal([
      ['2 refresh tokens deleted', 2],
      ['0 refresh tokens deleted', 0],
    ]);
    expect((await rotate(db, refreshToken)).outcome).to.equal('reused');
  });
});
