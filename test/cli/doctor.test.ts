import { expect } from 'chai';
import { checkPostgres, lockFinding } from '../../cli/doctor/postgres.ts';
import { useServices } from '../support/services.ts';

describe('foyer doctor: the lock table', () => {
  const services = useServices();

  it('has room for the keys of several servers by default', async () => {
    const findings = await checkPostgres(services.config());
    const lock = findings.find(({ what }) => what.includes('lock table'));
    expect(lock?.what).to.match(/\(\d+\) has room for the keys of \d+ servers/);
  });

  it('is too small when it fits one server or none', () => {
    expect(lockFinding(64 * 100).verdict).to.equal('ok');
    expect(lockFinding(16 * 100)).to.include({ verdict: 'warn' });
    expect(lockFinding(10 * 100)).to.include({ verdict: 'fail' });
  });
});
