/**
 * @file The page that is nothing but a panel. It opens the panel at once, without launcher and banner. Where a host shows it in a
 * frame, what the host says reaches the widget here, and what happens here reaches the host (`frame.js`); behind a link it has
 * nobody to talk to.
 *
 * Only a page of the site's origins can be the parent (`frame-ancestors`, `edge/src/handlers/pages.rs`), and nobody else is heard.
 */

import { EVENTS, SAID } from './frame.js';

window.Buoy ||= Object.assign((...call) => Buoy.q.push(call), { q: [] });
// Until the panel's own sheet takes the place of this one.
Buoy('once', 'ready', () => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('.launcher,.banner{display:none}');
  document.querySelector('buoy-widget')?.shadowRoot.adoptedStyleSheets.push(sheet);
});
Buoy('open');

if (parent !== window) {
  let hostOrigin = '*'; // until it has spoken; before that nothing is told but that we are here
  const tell = (act, ...details) => parent.postMessage({ buoy: act, details }, hostOrigin);
  const asked = []; // tokens that the host fetches for us

  const askForToken = () => new Promise((done, fail) => tell('token', asked.push({ done, fail }) - 1));

  const acts = {
    __proto__: null,
    set: (said) => Buoy('set', Object.fromEntries([...SAID, 'page'].map((name) => [name, said[name]]))),
    identify: ({ token, asks }) => Buoy('identify', asks ? () => askForToken() : token),
    logout: () => Buoy('logout'),
    open: (...wish) => Buoy('open', ...wish),
    close: () => Buoy('close'),
    token: (number, { token, failed }) => (failed ? asked[number]?.fail(Error('no token')) : asked[number]?.done(token)),
  };

  addEventListener('message', ({ source, origin, data }) => {
    if (source !== parent || !acts[data?.buoy]) return;
    const isFirst = hostOrigin === '*';
    hostOrigin = origin;
    acts[data.buoy](...data.details);
    if (isFirst) EVENTS.forEach((event) => Buoy('on', event, (detail) => tell('event', event, JSON.parse(JSON.stringify(detail ?? null)))));
  });
  // What the panel itself makes of the key, as an emptied search, comes first.
  addEventListener('keydown', (event) => event.key === 'Escape' && setTimeout(() => event.defaultPrevented || tell('close')), true);
  tell('here');
}
