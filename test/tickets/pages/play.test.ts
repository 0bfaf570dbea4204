import { expect } from 'chai';
import type { Ticket } from '../../../contract/tickets.ts';
import {
  type Step,
  screenOf,
  stepOf,
  type View,
} from '../../../dashboards/pages/play/tickets/screen.ts';
import { board, ticket } from '../../client/tickets/fixtures.ts';
import { queue } from './staff-fixtures.ts';

describe('play/tickets', () => {
  for (const start of ['intro', 'starting', 'ready', 'not-here', 'failed'] as const)
    for (const one of [null, queue('1')])
      for (const offline of [false, true])
        it(`has a screen: ${start}, ${one ? 'with' : 'without'} a queue, ${offline ? 'off' : 'on'}line`, () => {
          const view: View = { start, queue: one, offline };
          const wanted = start !== 'ready' ? start : one ? 'demo' : 'starting';
          expect(screenOf(view).kind).to.equal(wanted);
        });

  const called = [{ code: 'A001', counter: 'Desk', calledAt: ticket(1).createdAt }];
  const table: [what: string, mine: Ticket | null, isShown: boolean, wanted: Step][] = [
    ['nothing yet', null, false, 'take'],
    ['a ticket', ticket(1), false, 'call'],
    ['a called ticket', ticket(1, { state: 'called' }), false, 'look'],
    ['a called ticket on the display', ticket(1, { state: 'called' }), true, 'serve'],
    ['a ticket that is served', ticket(1, { state: 'processing' }), true, 'serve'],
    ['a ticket that is over', ticket(1, { state: 'done' }), true, 'done'],
    ['nobody came', ticket(1, { state: 'no_show' }), true, 'done'],
  ];
  for (const [what, mine, isShown, wanted] of table)
    it(`knows the next step: ${what}`, () => {
      const shown = board('1', 4, isShown ? { lastCalled: called } : {});
      expect(stepOf({ mine, board: shown })).to.equal(wanted);
    });
});
