import { expect } from 'chai';
import { createInboxWorld } from './inbox-world.ts';

describe('an ordered inbox', () => {
  let world: ReturnType<typeof createInboxWorld>;
  const begin = async (options: Parameters<typeof createInboxWorld>[0] = {}) => {
    world = createInboxWorld(options);
    world.inbox.catchUp();
    await world.clock.tickAsync(20);
    expect(world.asked).to.deep.equal([0]);
    world.asked.length = 0;
    return world;
  };
  afterEach(() => {
    world.close();
    expect(world.errors).to.deep.equal([]);
  });

  it('gives out what follows, doubled pushes once, and asks nothing', async () => {
    const { say, clock, texts, asked } = await begin();
    for (let n = 0; n < 5; n += 1) say(0, 1, 30);
    await clock.tickAsync(1_000);
    expect(texts()).to.deep.equal(['1', '2', '3', '4', '5']);
    expect(asked).to.deep.equal([]);
  });

  it('asks at once for a gap that a push shows, and fills it in order', async () => {
    const { say, clock, texts, asked } = await begin();
    say(0);
    const second = say();
    say(0);
    await clock.tickAsync(15);
    expect(asked).to.deep.equal([second.seq - 1]);
    expect(texts()).to.deep.equal(['1', '2', '3']);
  });

  it('waits 200 ms for what only another path says', async () => {
    const { inbox, say, clock, texts, asked } = await begin();
    say(150);
    say();
    inbox.noteHead(world.head());
    await clock.tickAsync(199);
    expect(asked).to.deep.equal([]);
    expect(texts()).to.deep.equal(['1']);
    await clock.tickAsync(15);
    expect(asked).to.deep.equal([world.head() - 1]);
    expect(texts()).to.deep.equal(['1', '2']);
    say(199);
    inbox.noteHead(world.head());
    await clock.tickAsync(1_000);
    expect(asked, 'the push was late and came').to.have.length(1);
  });

  it('finds by its own acknowledgement that a push before it was lost', async () => {
    const { say, sayMine, clock, texts, asked } = await begin();
    say();
    sayMine(5);
    await clock.tickAsync(204);
    expect(asked).to.deep.equal([]);
    await clock.tickAsync(20);
    expect(asked).to.have.length(1);
    expect(texts()).to.deep.equal(['1']);
  });

  it('does not ask for its own items, whose acknowledgements are late', async () => {
    const { say, sayMine, clock, texts, asked } = await begin();
    sayMine(100);
    say(0);
    sayMine(10);
    say(0);
    await clock.tickAsync(1_000);
    expect(texts()).to.deep.equal(['2', '4']);
    expect(asked).to.deep.equal([]);
  });

  it('asks after the grace when the gap was not one of its own', async () => {
    const { say, sayMine, clock, texts, asked } = await begin();
    say();
    say(0);
    sayMine(5_000);
    await clock.tickAsync(190);
    expect(asked).to.deep.equal([]);
    await clock.tickAsync(30);
    expect(texts()).to.deep.equal(['1', '2']);
    expect(asked).to.have.length(1);
  });

  it('does not put off a question because pushes go on', async () => {
    const { say, sayMine, clock, asked } = await begin();
    sayMine(5_000);
    say();
    for (let n = 0; n < 10; n += 1) {
      say(0);
      await clock.tickAsync(30);
    }
    expect(asked).to.have.length(1);
  });

  it('queries again in a second while the server is unavailable, and at once after catchUp', async () => {
    const { inbox, say, clock, texts, asked, state } = await begin();
    state.isAway = true;
    say();
    inbox.catchUp();
    await clock.tickAsync(3_030);
    expect(asked).to.have.length(4);
    state.isAway = false;
    inbox.catchUp();
    await clock.tickAsync(12);
    expect(texts()).to.deep.equal(['1']);
    await clock.tickAsync(10_000);
    expect(asked).to.have.length(5);
  });

  it('queries once more after a catchUp during a query', async () => {
    const { inbox, say, clock, texts, asked } = await begin({ pathMs: 20 });
    inbox.catchUp();
    await clock.tickAsync(25);
    say();
    for (let n = 0; n < 9; n += 1) inbox.catchUp();
    await clock.tickAsync(1_000);
    expect(asked).to.have.length(2);
    expect(texts()).to.deep.equal(['1']);
  });

  it('says in its place that something is lost for good, and goes on', async () => {
    const { say, flush, clock, events, asked } = await begin();
    say(0);
    await clock.tickAsync(10);
    say();
    flush();
    say(0);
    say(0);
    await clock.tickAsync(100);
    expect(events).to.deep.equal([{ text: '1' }, { lost: true }, { text: '3' }, { text: '4' }]);
    expect(asked).to.have.length(1);
  });

  it('delivers kept items from before a loss, with a mark at each missing place', async () => {
    const { say, sayMine, flush, clock, events } = await begin();
    say();
    say(0);
    sayMine(0);
    say(0);
    say();
    flush();
    say(0);
    await clock.tickAsync(100);
    expect(events).to.deep.equal([
      ...[{ lost: true }, { text: '2' }, { text: '4' }, { lost: true }, { text: '6' }],
    ]);
  });

  it('follows a log that lost its end, when it asks', async () => {
    const { inbox, say, loseEnd, clock, events } = await begin();
    for (let n = 0; n < 3; n += 1) say(0);
    await clock.tickAsync(10);
    loseEnd(2);
    inbox.catchUp();
    await clock.tickAsync(50);
    say(0);
    say(0);
    await clock.tickAsync(50);
    expect(events).to.deep.equal([
      ...[{ text: '1' }, { text: '2' }, { text: '3' }, { lost: true }],
      ...[{ text: '4' }, { text: '5' }],
    ]);
  });

  it('keeps pushes until its first answer, which may come from a query of the caller', async () => {
    world = createInboxWorld();
    const { inbox, say, clock, texts, asked } = world;
    const before = say(0);
    const after = say(0);
    await clock.tickAsync(10);
    expect(texts()).to.deep.equal([]);
    inbox.start({ items: [before], firstSeq: before.seq, headSeq: before.seq });
    await clock.tickAsync(10);
    expect(texts()).to.deep.equal([before.text, after.text]);
    expect(asked).to.deep.equal([]);
  });

  it('starts without the items of an answer that are of no interest', async () => {
    world = createInboxWorld();
    const { inbox, say, clock, texts } = world;
    const before = say(0);
    say(0);
    await clock.tickAsync(10);
    inbox.start({ items: [before], firstSeq: 1, headSeq: before.seq }, { deliver: false });
    await clock.tickAsync(10);
    expect(texts()).to.deep.equal(['2']);
  });

  it('reads no more than a slow reader can keep, and everything in the end', async () => {
    const { say, clock, texts, asked } = await begin({ maxItems: 4, deliverMs: 10 });
    for (let n = 0; n < 40; n += 1) say(0);
    await clock.tickAsync(1_000);
    expect(texts()).to.deep.equal(Array.from({ length: 40 }, (_, at) => `${at + 1}`));
    expect(asked.length).to.be.within(5, 20);
  });

  it('does nothing once it is closed', async () => {
    const { inbox, say, clock, texts, asked } = await begin();
    say();
    say(0);
    await clock.tickAsync(1);
    expect(asked).to.have.length(1);
    inbox.close();
    inbox.catchUp();
    say(0);
    await clock.tickAsync(5_000);
    expect(texts()).to.deep.equal([]);
    expect(asked).to.have.length(1);
  });
});
