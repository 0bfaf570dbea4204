import { expect } from 'chai';
import { bounds } from '../../config.ts';
import type { IceServers } from '../../contract/matchmaking.ts';
import { turnCredential } from '../../server/matchmaking/signalling/ice-servers.ts';
import { type Member, useFleet } from '../support/fleet.ts';
import { type Coturn, startCoturn } from '../support/machine/coturn.ts';
import { connect, type Person, pair } from '../support/person.ts';

const SECRET = 'shared-with-the-relay';
const STUN = ['stun:127.0.0.1:3478', 'stuns:stun.example'];

/** A real relay decides whether what we hand out is worth anything. */
describe('fleet: ICE servers and a real coturn', () => {
  const fleet = useFleet({ servers: 1, workers: 1 });
  const people: Person[] = [];
  let pools = 0;
  let relay: Coturn;
  let member: Member;

  before('coturn', async function () {
    this.timeout(180_000);
    relay = await startCoturn(SECRET);
    member = await fleet.start('server', {
      STUN_URLS: STUN.join(', '),
      TURN_URLS: `turn:127.0.0.1:${relay.port}?transport=udp`,
      TURN_SECRET: SECRET,
    });
  });
  after('coturn', () => relay?.stop());
  afterEach(() => {
    for (const person of people.splice(0)) person.close();
  });

  const met = async () => {
    pools += 1; // people who are put back at the end of a test must not meet those of the next
    const { ana, bob, session } = await pair(member.url, member.url, `ice-${pools}`);
    people.push(ana, bob);
    return { ana, bob, sessionId: session.id };
  };
  const ask = async (sessionId: string, { tokens }: Person, url = member.url) => {
    const response = await fetch(`${url}/v1/sessions/${sessionId}/ice-servers`, {
      headers: { authorization: `Bearer ${tokens.accessToken}` },
    });
    return { response, body: (await response.json()) as IceServers & { code?: string } };
  };

  it('names STUN servers without and relays with credentials, which nobody may keep', async () => {
    const { ana, sessionId } = await met();
    const { response, body } = await ask(sessionId, ana);
    expect(response.status).to.equal(200);
    expect(response.headers.get('cache-control')).to.equal('no-store');
    expect(body.ttlSeconds).to.equal(bounds.turnCredentialSeconds);
    const [stun, turn] = body.iceServers;
    expect(stun).to.deep.equal({ urls: STUN });
    expect(turn?.urls).to.deep.equal([`turn:127.0.0.1:${relay.port}?transport=udp`]);
    const [expiry, userId] = turn?.username?.split(':') ?? [];
    expect(userId).to.equal(ana.userId);
    expect(Number(expiry) - Date.now() / 1000).to.be.within(body.ttlSeconds - 30, body.ttlSeconds);
  });

  it('gives credentials that a relay takes; it takes no others, and none that ran out', async function () {
    this.timeout(90_000);
    const { ana, bob, sessionId } = await met();
    const { body } = await ask(sessionId, bob);
    const { username = '', credential = '' } = body.iceServers[1] ?? {};
    const nowSeconds = Math.floor(Date.now() / 1000);
    const forged = turnCredential('another secret', ana.userId, nowSeconds + 3_600);
    const expired = turnCredential(SECRET, ana.userId, nowSeconds - 10);
    expect(await relay.admits(username, credential), 'ours').to.equal(true);
    expect(await relay.admits(`9${username}`, credential), 'another name').to.equal(false);
    expect(await relay.admits(forged.username, forged.credential), 'forged').to.equal(false);
    expect(await relay.admits(expired.username, expired.credential), 'expired').to.equal(false);
  });

  it('gives none to strangers, and none after the end', async () => {
    const { ana, bob, sessionId } = await met();
    const eve = await connect(member.url);
    people.push(eve);
    const foreign = await ask(sessionId, eve);
    expect(foreign.response.status).to.equal(404);
    expect(foreign.body.code).to.equal('session.not_found');
    await ana.ask('session:leave', { sessionId });
    const late = await ask(sessionId, bob);
    expect(late.response.status).to.equal(409);
    expect(late.body.code).to.equal('session.bad_transition');
  });

  it('gives an empty list where no server is configured', async () => {
    const { ana, sessionId } = await met();
    const { body } = await ask(sessionId, ana, fleet.servers[0]?.url);
    expect(body).to.deep.equal({ iceServers: [], ttlSeconds: bounds.turnCredentialSeconds });
  });
});
