import { expect } from 'chai';
import fc from 'fast-check';
import {
  type Arrival,
  compareOrder,
  effectiveAt,
  type Neighbour,
  placeBehind,
} from '../../../db/tickets/tickets/order.ts';

const SECOND = 1_000_000;
const DAY = 86_400 * SECOND;
const START = Date.UTC(2026, 0, 5) * 1_000;

const arrivals = fc.record({
  createdAt: fc.integer({ min: START, max: START + DAY }),
  scheduledAt: fc.option(fc.integer({ min: START, max: START + DAY })),
  priority: fc.integer({ min: 0, max: 10 }),
});
const boosts = fc.integer({ min: 0, max: 86_400 });
/** Neighbours in order, with ids of different lengths and steps of `widest` microseconds at most. */
const queues = (widest: number) =>
  fc
    .uniqueArray(
      fc.record({ id: fc.integer({ min: 1, max: 2_000 }).map(String), step: fc.nat(widest) }),
      {
        selector: ({ id }) => id,
        maxLength: 30,
      },
    )
    .map((list) => {
      let place = START;
      return list
        .map(({ id, step }): Neighbour => {
          place += step;
          return { id, effectiveAt: place };
        })
        .sort(compareOrder);
    });
const ownIds = fc.integer({ min: 2_001, max: 4_000 }).map(String);

const inFront = (list: readonly Neighbour[], own: Neighbour) =>
  list.filter((other) => compareOrder(other, own) < 0).length;

describe('tickets: the order of a queue', () => {
  it('keeps arrivals and appointments without a priority in their order', () => {
    fc.assert(
      fc.property(arrivals, arrivals, boosts, (one, other, boost) => {
        const base = ({ createdAt, scheduledAt }: Arrival) => scheduledAt ?? createdAt;
        const places = [one, other].map((arrival) =>
          effectiveAt({ ...arrival, priority: 0 }, boost),
        );
        expect(places).to.deep.equal([base(one), base(other)]);
      }),
    );
  });

  it('lets a priority overtake exactly those who came less than p × boost earlier', () => {
    fc.assert(
      fc.property(arrivals, arrivals, boosts, (urgent, other, boost) => {
        const [createdAt, scheduledAt, priority] = [other.createdAt, null, 0];
        const plain = effectiveAt({ createdAt, scheduledAt, priority }, boost);
        const place = effectiveAt({ ...urgent, scheduledAt: null }, boost);
        const earlier = urgent.createdAt - other.createdAt;
        expect(place < plain).to.equal(earlier < urgent.priority * boost * SECOND);
      }),
    );
  });

  it('bounds the wait: nobody who comes later than ten boosts is in front', () => {
    fc.assert(
      fc.property(arrivals, fc.array(arrivals, { maxLength: 20 }), boosts, (own, others, boost) => {
        const place = effectiveAt({ ...own, scheduledAt: null }, boost);
        for (const other of others) {
          const later = {
            ...other,
            scheduledAt: null,
            createdAt: own.createdAt + 10 * boost * SECOND + 1,
          };
          expect(effectiveAt(later, boost)).to.be.above(place);
        }
      }),
    );
  });

  it('decides equal places by the smaller id, as numbers', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 2n ** 63n - 1n), fc.bigInt(1n, 2n ** 63n - 1n), (one, other) => {
        const order = compareOrder(
          { id: String(one), effectiveAt: START },
          { id: String(other), effectiveAt: START },
        );
        expect(Math.sign(order)).to.equal(one < other ? -1 : one > other ? 1 : 0);
      }),
    );
  });

  it('stands behind exactly N when there is room', () => {
    fc.assert(
      fc.property(queues(5_000), fc.nat(40), ownIds, (list, behind, id) => {
        const wanted = Math.min(behind, list.length);
        const [before, after] = [list[wanted - 1], list[wanted]];
        fc.pre(!before || !after || after.effectiveAt - before.effectiveAt > 1);
        const own = { id, effectiveAt: placeBehind(list, behind, START) };
        expect(inFront(list, own)).to.equal(wanted);
      }),
    );
  });

  it('stands behind exactly N without room when its id fits there, else behind the next ones', () => {
    fc.assert(
      fc.property(
        queues(2),
        fc.nat(40),
        fc.integer({ min: 1, max: 2_000 }).map(String),
        (list, behind, id) => {
          fc.pre(list.every((other) => other.id !== id));
          const wanted = Math.min(behind, list.length);
          const count = inFront(list, { id, effectiveAt: placeBehind(list, behind, START, id) });
          /** How many could be in front of it at any place. */
          const possible = new Set(
            Array.from({ length: 80 }, (_, step) =>
              inFront(list, { id, effectiveAt: START - 2 + step }),
            ),
          );
          const nearest = [...possible]
            .filter((number) => number >= wanted)
            .sort((a, b) => a - b)[0];
          expect(count).to.equal(nearest);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is the present time in an empty queue', () => {
    expect(placeBehind([], 0, START)).to.equal(START);
    expect(placeBehind([], 3, START, '7')).to.equal(START);
  });
});
