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

/** Says that an incident concerns the visitor too; by the outbox, so it survives a tunnel. */
export const meToo = (kit, outbox, incident) => {
  const { site } = kit.config;
  try {
    // The last twenty; older ones are long over.
    localStorage[`buoy:${site}:me_too`] = (told(site) + incident).slice(-640);
  } catch {}
  outbox.add({ about: 'me_too', path: `incidents/${incident}/me_too/`, body: {} });
};

/** Draws the open incidents that take such a word, above the form. */
export const known = (kit, outbox, place) => {
  const { el, button, say, boot, config } = kit;
  // As the script tag does: a pattern for a list of four, and without one an incident concerns every page.
  const page = [config.tier, config.plan, config.components, config.page || location.pathname];
  const open = boot().banners.filter((one) => one.me_too && one.status !== 'resolved' && RegExp(one.where).test(page));
  const card = ({ incident, title, body }) => {
    const noted = () => el('p', 'muted', say('incident.noted'));
    const act = () => {
      meToo(kit, outbox, incident);
      const thanks = noted();
      thanks.setAttribute('role', 'status');
      thanks.tabIndex = -1;
      ask.replaceWith(thanks);
      thanks.focus();
    };
    const isSaid = (told(config.site) + told(config.site, 'me_too_pending')).includes(incident);
    const ask = isSaid ? noted() : button('button small', 'me-too', say('incident.tell_me'), act);
    const parts = [el('h3', 'heading', say('incident.known')), el('p', 'incident-title', title)];
    if (body !== title) parts.push(el('p', 'incident-body', body));
    const node = el('div', 'incident', ...parts, ask);
    node.dataset.buoy = 'known';
    return node;
  };
  place.replaceChildren(...open.map(card));
};
