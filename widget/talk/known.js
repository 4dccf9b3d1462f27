/**
 * @file The incident that everybody has right now (I9): instead of a ticket the visitor says that it concerns them too, and
 * hears when it is over. The same act as on the banner, by the same route.
 */

/** Incidents that this browser has told of, or is telling of from a banner (`aside.js`); kept so that nobody is asked twice. */
const told = (site, name = 'me_too') => {
  try {
    return localStorage[`buoy:${site}:${name}`] || '';
  } catch {
    return '';
  }
};

const pathOf = (incident) => `incidents/${incident}/me_too/`;

/** Says that an incident concerns the visitor too; by the outbox, so it survives a tunnel. */
export const meToo = (outbox, incident) => outbox.add({ about: 'me_too', path: pathOf(incident), body: {} });

/** Notes that the edge has heard it. */
export const noteMeToo = ({ config: { site } }, path) => {
  try {
    // The last twenty; older ones are long over.
    const [, incident] = path.split('/');
    localStorage[`buoy:${site}:me_too`] = (told(site).replace(incident, '') + incident).slice(-640);
  } catch {}
};

/** What is said of a word: on its way, heard, or not taken, and then it is asked again. */
const STATES = { sending: 'incident.waiting', waiting: 'incident.waiting', held: 'thread.held', me_too: 'incident.noted', refused: 'incident.refused' };

/** Draws the open incidents that take such a word, above the form. */
export const known = (kit, outbox, place) => {
  const { el, button, say, boot, config } = kit;
  // As the script tag does: a pattern for a list of four, and without one an incident concerns every page.
  const page = [config.tier, config.plan, config.components, config.page || location.pathname];
  const open = boot().banners.filter((one) => one.me_too && one.status !== 'resolved' && RegExp(one.where).test(page));
  const card = ({ incident, title, body }) => {
    const answer = el('div', '');
    const act = async ({ currentTarget: ask }) => {
      if (ask.ariaBusy) return; // pressed twice
      ask.ariaBusy = 'true';
      if ((await meToo(outbox, incident)) === false) ask.ariaBusy = null;
    };
    const draw = (state) => {
      // It takes a moment where there is a line, and nothing is to be said of that.
      if (state === 'sending' && answer.firstChild) return (answer.lastChild.ariaBusy = 'true');
      const hadFocus = answer.matches(':focus-within');
      const said = STATES[state] && el('p', 'muted', say(STATES[state]));
      const isAsked = !state || state === 'refused';
      const ask = isAsked && button('button small', 'me-too', say('incident.tell_me'), act);
      answer.replaceChildren(...[said, ask].filter(Boolean));
      if (said) {
        said.setAttribute('role', 'status');
        said.tabIndex = -1;
      }
      if (hadFocus) (ask || said).focus();
    };
    const isSaid = (told(config.site) + told(config.site, 'me_too_pending')).includes(incident);
    draw(outbox.follow(pathOf(incident), draw) || (isSaid ? 'me_too' : ''));
    const parts = [el('h3', 'heading', say('incident.known')), el('p', 'incident-title', title)];
    if (body !== title) parts.push(el('p', 'incident-body', body));
    const node = el('div', 'incident', ...parts, answer);
    node.dataset.buoy = 'known';
    return node;
  };
  place.replaceChildren(...open.map(card));
};
