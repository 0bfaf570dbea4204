import { expect } from 'chai';
import type { TicketNow } from '../../../client/tickets/newest.ts';
import { type Ticket, ticketStates } from '../../../contract/tickets/ticket.ts';
import { overtakeReasons } from '../../../contract/tickets/tickets.ts';
import { addressOf, createClaims } from '../../../dashboards/pages/ticket/claims.ts';
import {
  isNewCall,
  screenOf,
  type View,
  withPlace,
} from '../../../dashboards/pages/ticket/screen.ts';
import {
  headingOf,
  leadOf,
  overtakeWords,
  postponedWords,
  titleOf,
} from '../../../dashboards/pages/ticket/texts.ts';
import { at, ticket } from './fixtures.ts';

const NOW = Date.parse(at(100));
const view = (more: Partial<View> = {}): View => ({
  ...{ ticketId: '7', hasClaim: true, ticket: null, isUnknown: false },
  ...{ isNear: false, offlineSince: null, now: NOW },
  ...more,
});
const called: Partial<Ticket> = {
  ...{ state: 'called', counterName: 'Counter 2', calls: 1, calledAt: at(90), position: null },
};

describe('ticket: every state has a screen', () => {
  const table: [string, Partial<View>, string, string][] = [
    ['no id in the address', { ticketId: null }, 'address', "We can't find this ticket"],
    ['no claim', { hasClaim: false }, 'no-claim', 'This link is not complete'],
    ['a wrong claim', { isUnknown: true }, 'unknown', "We can't find this ticket"],
    ['before the first answer', {}, 'starting', 'One moment'],
    ['no server', { offlineSince: NOW }, 'unreachable', "We can't reach the server"],
    ['three in front', { ticket: ticket() }, 'waiting', '3 people ahead of you'],
    ['one in front', { ticket: ticket({ position: 1 }) }, 'waiting', '1 person ahead of you'],
    ['next', { ticket: ticket({ position: 0 }) }, 'waiting', "You're next"],
    ['an unknown place', { ticket: ticket({ position: null }) }, 'waiting', "You're waiting"],
    [
      'back from an absence',
      { ticket: ticket({ awayUntil: at(99) }) },
      'waiting',
      '3 people ahead',
    ],
    ['away', { ticket: ticket({ awayUntil: at(160) }) }, 'away', 'Be back by '],
    ['called', { ticket: ticket(called) }, 'called', 'Go to Counter 2'],
    [
      'called without a counter',
      { ticket: ticket({ ...called, counterName: null }) },
      'called',
      "It's your turn",
    ],
    [
      'at a counter',
      { ticket: ticket({ ...called, state: 'processing' }) },
      'serving',
      "You're at Counter 2",
    ],
    ['set aside', { ticket: ticket({ state: 'held' }) }, 'held', 'Please stay nearby'],
    ['done', { ticket: ticket({ state: 'done' }) }, 'done', 'All done'],
    ['nobody came', { ticket: ticket({ state: 'no_show' }) }, 'no-show', 'We called you'],
    ['cancelled', { ticket: ticket({ state: 'cancelled' }) }, 'cancelled', 'This ticket is'],
    [
      'an outage while called',
      { ticket: ticket(called), offlineSince: NOW },
      'called',
      'Go to Counter 2',
    ],
    [
      'a claim that is worth nothing any more',
      { ticket: ticket(), isUnknown: true },
      'unknown',
      "We can't",
    ],
  ];
  for (const [name, state, kind, heading] of table)
    it(name, () => {
      const screen = screenOf(view(state));
      expect(screen.kind).to.equal(kind);
      expect(headingOf(screen)).to.contain(heading);
      expect(leadOf(screen)).to.match(/\.$/);
      expect(titleOf(screen)).to.contain('ticket' in screen ? 'A042' : 'Your ticket');
    });

  it('covers every state of a ticket, with and without a connection', () => {
    for (const state of ticketStates)
      for (const offlineSince of [null, NOW]) {
        const screen = screenOf(view({ ticket: ticket({ state }), offlineSince }));
        expect('ticket' in screen && screen.offlineSince === offlineSince, state).to.equal(true);
      }
  });
});

describe('ticket: the words for a wait', () => {
  const lead = (more: Partial<Ticket>) => leadOf(screenOf(view({ ticket: ticket(more) })));

  it('gives the estimate as a range, and says when there is none', () => {
    expect(lead({ eta: { p50: 300, p90: 700 } })).to.equal("It's your turn in about 5–12 min.");
    expect(lead({})).to.equal("We can't say yet when it's your turn.");
  });

  it('asks for the arrival at an appointment', () => {
    expect(lead({ scheduledAt: at(3_600) })).to.match(/^Your appointment is at .+\. Tell us when/);
    expect(lead({ scheduledAt: at(3_600), arrivedAt: at(1) })).to.match(/appointment.+when it's/);
  });

  it('says that it calls again', () => {
    expect(lead({ ...called, calls: 2 })).to.equal('We are calling you again.');
  });

  it('explains each reason in a sentence', () => {
    for (const reason of overtakeReasons)
      expect(overtakeWords({ code: 'A050', reason })).to.match(/^A050 (has|had|was|went) .+\.$/);
  });

  it('says how many people went first', () => {
    expect(postponedWords(0, 3)).to.equal('You let 3 people go first.');
    expect(postponedWords(2, 3)).to.equal('You let one person go first.');
    expect(postponedWords(1, 1)).to.equal('Nobody is behind you, so you keep your place.');
    expect(postponedWords(null, 1)).to.equal('You let others go first.');
  });
});

describe('ticket: its place', () => {
  const known = ticket({ position: 2, eta: { p50: 60, p90: 90 } });
  const table: [string, Ticket | null, Partial<TicketNow>, Partial<Ticket>][] = [
    ['is kept when a change leaves it out', known, { position: null }, known],
    ['is kept by a push about a change', known, { position: null, seq: 4 }, known],
    ['is replaced by an answer', known, { position: 0 }, { position: 0, eta: known.eta }],
    ['loses its estimate by a push', known, { position: 1, seq: 4 }, { position: 1 }],
    ['is not invented', null, { position: null }, { position: null, eta: null }],
    ['ends with the wait', known, { ...called }, { position: null, eta: null }],
    ['is not that of an earlier wait', ticket(called), { position: null }, { position: null }],
  ];
  for (const [name, before, now, { position, eta = null }] of table)
    it(name, () =>
      expect(withPlace(before, ticket({ eta: null, ...now }))).to.deep.include({ position, eta }),
    );
});

describe('ticket: when it rings', () => {
  const table: [string, Ticket | null, Ticket, boolean][] = [
    ['a call', ticket(), ticket(called), true],
    ['a call that the page opens with', null, ticket(called), false],
    ['nothing new', ticket(called), ticket({ ...called, version: 9 }), false],
    ['a recall', ticket(called), ticket({ ...called, calls: 2 }), true],
    [
      'a call after a return that was missed',
      ticket(called),
      ticket({ ...called, calledAt: at(99) }),
      true,
    ],
    ['the counter begins', ticket(called), ticket({ ...called, state: 'processing' }), false],
  ];
  for (const [name, before, now, expected] of table)
    it(`${name}: ${expected ? 'rings' : 'is silent'}`, () =>
      expect(isNewCall(before, now)).to.equal(expected));
});

describe('ticket: its claim', () => {
  const address = (text: string) => addressOf(new URL(text, 'http://foyer.test'));

  it('comes in the fragment', () => {
    expect(address('/ticket/7#a-Claim_1.x')).to.deep.equal({ ticketId: '7', claim: 'a-Claim_1.x' });
    expect(address('/ticket/7/')).to.deep.equal({ ticketId: '7', claim: null });
    expect(address('/ticket/7?claim=x#')).to.deep.equal({ ticketId: '7', claim: null });
    expect(address('/ticket/seven#x').ticketId).to.equal(null);
    expect(address(`/ticket/7#${'x'.repeat(201)}`).claim).to.equal(null);
  });

  it('is kept for each ticket, for the newest ones', () => {
    const items = new Map<string, string>();
    const claims = createClaims({
      getItem: (name) => items.get(name) ?? null,
      setItem: (name, value) => void items.set(name, value),
    });
    for (let n = 1; n <= 25; n += 1) claims.keep(String(n), `claim-${n}`);
    claims.keep('20', 'newer');
    claims.forget('21');
    expect(['5', '6', '20', '21', '25'].map(claims.find)).to.deep.equal([
      ...[null, 'claim-6', 'newer', null, 'claim-25'],
    ]);
  });

  it('does without storage, and with a storage that has something else', () => {
    const throws = () => {
      throw new Error('denied');
    };
    const none = createClaims({ getItem: throws, setItem: throws });
    none.keep('7', 'x');
    expect(none.find('7')).to.equal(null);
    for (const text of ['{', '{}', '[["7"],null,7]'])
      expect(createClaims({ getItem: () => text, setItem: throws }).find('7')).to.equal(null);
  });
});
