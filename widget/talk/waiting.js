/** @file One line at the top of the panel while something waits to be sent, wherever the visitor is; what was refused is named. */

/** A pause of which it is said when it ends, in milliseconds; a shorter one is over before anybody asks. */
const LONG_MS = 60_000;

/**
 * @param {ReturnType<import('./kit.js').makeKit>} kit
 * @param {() => object[]} waiting the entries that are not acknowledged
 * @param {{retry: (key: string) => void, discard: (key: string) => void, rewrite: (key: string) => void}} acts
 */
export const waitingBar = (kit, waiting, acts) => {
  const { box, el, button, say } = kit;
  const place = el('div', 'outbox');
  place.setAttribute('role', 'status');
  place.dataset.buoy = 'outbox';
  let complaint;
  let drawn = new Map(); // rows, by what they say of which entry

  const why = (reason) => (reason?.name ? say(reason.text, reason) : say('outbox.' + (/^(old|unsure)$/.test(reason) ? reason : 'refused')));

  const refused = ({ key, about, body, reason }) => {
    const title = body.subject || body.body || '';
    return el(
      'div',
      'outbox-row',
      el('span', 'outbox-text', el('b', '', title), ' ', why(reason)),
      about === 'ticket'
        ? button('link', 'outbox-edit', say('outbox.edit'), () => {
            // The form may hold something else by now, and neither takes the other's place.
            const isFree = kit.panel.has_room_for(body.subject, body.body);
            kit.panel.open(isFree ? ['new', body] : ['new']);
            if (isFree) acts.rewrite(key);
          })
        : button('link', 'outbox-retry', say('outbox.retry'), () => acts.retry(key)),
      button('link', 'outbox-discard', say('outbox.discard'), () => acts.discard(key)),
    );
  };

  /** Shows these rows. What stands already is left alone: it would be announced again, and what has the focus would lose it. */
  const show = (rows) => {
    const before = drawn;
    drawn = new Map([...rows].map(([said, make]) => [said, before.get(said) || make()]));
    before.forEach((row, said) => drawn.has(said) || row.remove());
    [...drawn.values()].forEach((row, at) => place.children[at] === row || place.insertBefore(row, place.children[at] || null));
  };

  /** What is said of all that waits: for whom or what, and when it is tried again if that is long. */
  const late = (all) => {
    const held = all.filter(({ state }) => state === 'held');
    const count = held.length + all.filter(({ state }) => state === 'waiting').length;
    if (!count) return;
    if (kit.panel.is_refused()) return say('outbox.signed_out', { count });
    if (!held.length) return say('outbox.waiting', { count });
    const dueAt = Math.max(...held.map((entry) => entry.dueAt));
    if (dueAt - Date.now() < LONG_MS) return say('outbox.held', { count });
    const time = new Intl.DateTimeFormat(kit.boot().locale, { hour: 'numeric', minute: '2-digit' }).format(dueAt);
    return say('outbox.held_until', { count, time });
  };

  const draw = () => {
    const all = waiting();
    // A message says in its thread that it failed; which of its files was the reason is said here, and what has no thread.
    const isRow = ({ state, about, reason }) => state === 'failed' && (about !== 'message' || reason?.name || reason === 'gone');
    const rows = new Map(all.filter(isRow).map((entry) => [entry.key + why(entry.reason), () => refused(entry)]));
    const lines = [complaint, late(all)].filter(Boolean);
    show(new Map([...lines.map((line) => [line, () => el('div', 'outbox-row', line)]), ...rows]));
    if (!drawn.size) place.remove();
    else if (!place.isConnected) box.querySelector('.main')?.before(place);
  };

  return {
    draw,
    complain(text) {
      complaint = text;
      draw();
      complaint = '';
    },
  };
};
