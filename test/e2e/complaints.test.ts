import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import { type Complaints, collectComplaints } from './complaints.ts';

const CUT = 'http://127.0.0.1:4001';
const OTHER = 'http://127.0.0.1:4002';
const REFUSED = 'Failed to load resource: net::ERR_CONNECTION_REFUSED';
const socketRefused = (url: string) =>
  `WebSocket connection to '${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket' failed: ` +
  'Error in connection establishment: net::ERR_CONNECTION_REFUSED';

describe('complaints of a browser', () => {
  let page: EventEmitter;
  let complaints: Complaints;
  beforeEach(() => {
    page = new EventEmitter();
    complaints = collectComplaints(page, (text) => /404/.test(text));
  });
  const report = (text: string, url = '', type = 'error') =>
    page.emit('console', { type: () => type, text: () => text, location: () => ({ url }) });

  it('count errors and warnings of the console, and errors that a page throws', () => {
    report('a warning', '', 'warning');
    report('a word', '', 'log');
    report('404 (Not Found)');
    page.emit('pageerror', new Error('thrown'));
    expect(complaints.texts).to.deep.equal(['a warning', 'thrown']);
  });

  it('leave out failed connections to a server that the test has cut', () => {
    complaints.expectCut(CUT);
    report(socketRefused(CUT));
    report(REFUSED, `${CUT}/v1/sessions/current`);
    expect(complaints.texts).to.deep.equal([]);
  });

  it('keep everything else that is reported during the cut', () => {
    complaints.expectCut(CUT);
    const others: [text: string, url?: string][] = [
      [socketRefused(OTHER)],
      [REFUSED, `${OTHER}/v1/sessions/current`],
      [REFUSED],
      ['Failed to load resource: the server responded with a status of 500', `${CUT}/v1/me`],
      ['Uncaught TypeError: net::ERR_CONNECTION_REFUSED', `${CUT}/assets/main.js`],
    ];
    for (const [text, url] of others) report(text, url);
    expect(complaints.texts).to.deep.equal(others.map(([text]) => text));
  });

  it('keep failed connections before the cut and after it', () => {
    report(socketRefused(CUT));
    const isBack = complaints.expectCut(CUT);
    isBack();
    report(REFUSED, CUT);
    expect(complaints.texts).to.deep.equal([socketRefused(CUT), REFUSED]);
  });
});
