import { expect } from 'chai';
import fc from 'fast-check';
import { redactAnswer, redactPayload, redactText } from '../../dashboards/redact.ts';

describe('redaction', () => {
  it('shows ids, numbers, flags and known names', () => {
    const kept = {
      pool: 'lobby',
      sessionId: '01890a5d-ac96-774b-bcce-b302099a8057',
      ticketId: '42',
      dueSecond: 7,
      live: true,
      none: null,
      claims: [{ requestId: 'req-1', version: 3 }],
    };
    expect(redactPayload(kept)).to.deep.equal(kept);
  });

  it('hides all other text at any depth', () => {
    const word = fc.string({ minLength: 4 }).map((text) => `${text}-secret`);
    fc.assert(
      fc.property(
        fc.object({ values: [word], key: fc.constantFrom('a', 'name', 'body') }),
        (data) => {
          expect(JSON.stringify(redactPayload(data))).not.to.contain('-secret');
        },
      ),
    );
  });

  it('bounds what it shows', () => {
    expect(redactPayload(Array(500).fill(1))).to.have.length(100);
    let deep: unknown = 'x';
    for (let at = 0; at < 50; at += 1) deep = { deep };
    expect(JSON.stringify(redactPayload(deep)).length).to.be.below(200);
  });

  for (const [text, shown] of [
    ['no rows in sessions', 'no rows in sessions'],
    ['matchmaking.create-sessions', 'matchmaking.create-sessions'],
    ['01890a5d-ac96-774b-bcce-b302099a8057', '01890a5d-ac96-774b-bcce-b302099a8057'],
    ['at run (file:///app/workers/run.js:42:15)', 'at run (file:///app/workers/run.js:42:15)'],
    ['connect to postgres://me:pw@db:5432/x', 'connect to postgres://[redacted]@db:5432/x'],
    ['redis://:pw@cache', 'redis://[redacted]@cache'],
    ['authorization: abc', 'authorization: [redacted]'],
    ['{"password":"a b c"}', '{"password":[redacted]}'],
    ['mail to ana+1@mail.example.org failed', 'mail to [redacted] failed'],
    [`key ${'aB3'.repeat(15)}`, 'key [redacted]'],
  ] as const)
    it(`shows ${text.slice(0, 40)} as ${shown.slice(0, 40)}`, () =>
      expect(redactText(text)).to.equal(shown));

  it('redacts data like a payload, but not numbers named data', () => {
    const answer = { job: { data: { payload: { name: 'Ana' } }, failedReason: 'token=abc' } };
    expect(redactAnswer(answer)).to.deep.equal({
      job: { data: { payload: { name: '[redacted]' } }, failedReason: 'token=[redacted]' },
    });
    expect(redactAnswer({ data: [1, 2] })).to.deep.equal({ data: [1, 2] });
  });
});
