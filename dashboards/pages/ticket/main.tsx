import { render } from 'preact';
import { App } from './app.tsx';
import { addressOf, createClaims } from './claims.ts';
import { createController } from './controller.ts';

const claims = createClaims({
  getItem: (name) => localStorage.getItem(name),
  setItem: (name, value) => localStorage.setItem(name, value),
});
const { ticketId, claim } = addressOf(location);
if (ticketId !== null && claim !== null) claims.keep(ticketId, claim);
const controller = createController(location.origin, {
  ticketId,
  claim: claim ?? (ticketId === null ? null : claims.find(ticketId)),
  onUnknown: () => {
    if (ticketId !== null) claims.forget(ticketId);
  },
});
const place = document.getElementById('page');
if (place) render(<App controller={controller} />, place);
controller.start();
// The code of another link of this ticket was scanned.
window.addEventListener('hashchange', () => location.reload());
