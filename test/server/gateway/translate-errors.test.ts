import { expect } from 'chai';
import { pino } from 'pino';
import { z } from 'zod';
import { FoyerError } from '../../../contract/errors.ts';
import { problem, socketError } from '../../../contract/problem.ts';
import { toFoyerError, toProblem } from '../../../http/problem.ts';
import { toSocketError } from '../../../server/gateway/translate-errors.ts';
import { parse } from '../../../server/routes/parse.ts';
import { withTimeout } from '../../../with-timeout.ts';

const lines: string[] = [];
const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
const failure = (message: string, code?: string) => Object.assign(new Error(message), { code });

describe('errors at the edge', () => {
  beforeEach(() => {
    lines.length = 0;
  });

  const away = [
    failure('connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED'),
    failure('terminating connection due to administrator command', '57P01'),
    failure('the database system is starting up', '57P03'),
    failure('sorry, too many clients already', '53300'),
    failure('canceling statement due to statement timeout', '57014'),
    failure('Connection terminated unexpectedly'),
    failure('Command timed out'),
    failure('Connection is closed.'),
    failure('LOADING Redis is loading the dataset in memory'),
    failure('CLUSTERDOWN The cluster is down'),
  ];
  for (const error of away) {
    it(`takes "${error.message}" for a dependency that is away`, () => {
      expect(toFoyerError(error, log).code).to.equal('service.unavailable');
      expect(lines.join()).to.contain(error.message);
    });
  }

  it('hides and logs whatever else is thrown', () => {
    for (const thrown of [failure('duplicate key', '23505'), 'text', null, undefined]) {
      const { code, message } = toFoyerError(thrown, log);
      expect(code).to.equal('internal.error');
      expect(message).not.to.contain('duplicate');
    }
    expect(lines[0]).to.contain('translate-errors.test');
  });

  it('renders problem documents', () => {
    const error = new FoyerError('rate.limited', { retryAfterSeconds: 7, details: { a: 1 } });
    const { status, headers, body } = toProblem(error, 'r');
    expect(status).to.equal(429);
    expect(headers).to.deep.equal({ 'retry-after': '7' });
    expect(problem.parse(body)).to.deep.include({ code: 'rate.limited', details: { a: 1 } });
  });

  it('renders acks of sockets, fields in the details', () => {
    let thrown: unknown;
    try {
      parse(z.strictObject({ a: z.strictObject({ b: z.int() }) }), { a: { b: 'x' } });
    } catch (error) {
      thrown = error;
    }
    const { ok, error } = toSocketError(thrown, log);
    expect(ok).to.equal(false);
    expect(socketError.parse(error)).to.deep.include({ code: 'request.invalid' });
    expect(error.details?.['errors']).to.deep.include.members([
      { path: 'a.b', message: 'Invalid input: expected number, received string' },
    ]);
    expect(toSocketError(new FoyerError('match.not_found'), log).error).to.deep.equal({
      code: 'match.not_found',
      message: 'Match request not found.',
    });
  });

  it('bounds the answer to thousands of mistakes, and the depth of its search', () => {
    const many = Object.fromEntries(Array.from({ length: 4_000 }, (_, i) => [`f${i}`, 1]));
    const errorsOf = (input: unknown) => {
      try {
        return void parse(z.strictObject({}), input);
      } catch (error) {
        return (error as FoyerError).options.errors;
      }
    };
    expect(errorsOf(many)).to.have.lengthOf(20);
    const deep = JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`);
    expect(errorsOf(deep)?.[0]?.message).to.equal('Nested too deeply.');
  });

  it('gives up waiting, but not on what is done in time', async () => {
    const late = () => new FoyerError('operation.pending');
    expect(await withTimeout(1_000, Promise.resolve(1), late)).to.equal(1);
    const never = new Promise(() => {});
    const outcome = await withTimeout(5, never, late).catch((error) => error.code);
    expect(outcome).to.equal('operation.pending');
  });
});
