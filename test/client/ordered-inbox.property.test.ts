import { expect } from 'chai';
import fc from 'fast-check';
import { createInboxWorld } from './inbox-world.ts';

const ms = fc.integer({ min: 0, max: 400 });
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ say: fc.array(ms, { maxLength: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ sayMine: fc.option(ms) }) },
  { weight: 4, arbitrary: fc.record({ pass: fc.integer({ min: 0, max: 300 }) }) },
  { weight: 1, arbitrary: fc.record({ away: ms }) },
  { weight: 1, arbitrary: fc.constant({ flush: true as const }) },
  { weight: 1, arbitrary: fc.constant({ note: true as const }) },
  { weight: 1, arbitrary: fc.constant({ catchUp: true as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
const scenario = fc.record({
  steps: fc.array(step, { maxLength: 40 }),
  kept: fc.constantFrom(4, 256),
  maxItems: fc.constantFrom(2, 5, 256),
  deliverMs: fc.constantFrom(0, 20),
  pathMs: fc.constantFrom(0, 5, 60),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

async function play({ steps, ...options }: Scenario) {
  const world = createInboxWorld(options);
  const { inbox, clock, state } = world;
  const said: { seq: number; text: string }[] = [];
  const act = async (one: Step): Promise<unknown> => {
    if ('say' in one) return said.push(world.say(...one.say));
    if ('sayMine' in one) return world.sayMine(one.sayMine);
    if ('pass' in one) return clock.tickAsync(one.pass);
    if ('flush' in one) return world.flush();
    if ('note' in one) return inbox.noteHead(world.head());
    if ('catchUp' in one) return inbox.catchUp();
    state.isAway = true;
    await clock.tickAsync(one.away);
    state.isAway = false;
    return inbox.catchUp();
  };
  try {
    inbox.catchUp();
    for (const one of steps) await act(one);
    await clock.tickAsync(5_000);
    inbox.catchUp();
    await clock.tickAsync(60_000);
    return { ...world, said, hasFlush: steps.some((one) => 'flush' in one) };
  } finally {
    world.close();
  }
}

describe('an ordered inbox over any network', () => {
  it('gives out each item once, in order, and makes known what is lost', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (one) => {
        const { events, errors, asked, said, began, hasFlush } = await play(one);
        expect(errors).to.deep.equal([]);
        const texts = events.flatMap((event) => ('text' in event ? [Number(event.text)] : []));
        expect(texts, 'in order, each once').to.deep.equal(
          [...new Set(texts)].sort((a, b) => a - b),
        );
        const heard = new Set(texts);
        const missing = said.filter(({ seq, text }) => !heard.has(Number(text)) && seq >= began());
        for (const { text } of missing) {
          const next = events.findIndex(
            (event) => 'text' in event && Number(event.text) > Number(text),
          );
          const until = next < 0 ? events.length : next;
          const before = events
            .slice(0, until)
            .findLastIndex((event) => 'text' in event && Number(event.text) < Number(text));
          const between = events.slice(before + 1, until);
          expect(between, `${text} is lost in silence`).to.deep.include({ lost: true });
        }
        if (!hasFlush && one.kept > 40) {
          expect(missing).to.deep.equal([]);
          expect(events).to.not.deep.include({ lost: true });
        }
        expect(asked.length, 'questions').to.be.at.most(10 + 4 * one.steps.length);
      }),
      { numRuns: 500 },
    );
  });
});
