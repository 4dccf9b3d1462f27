/** @file One line at the top of the panel while something waits to be sent, wherever the visitor is; what was refused is named. */

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

  const why = (reason) => (reason?.name ? say(reason.text, reason) : say(reason === 'old' ? 'outbox.old' : 'outbox.refused'));

  const refused = ({ key, about, body, reason }) => {
    const title = body.subject || body.body || '';
    return el(
      'div',
      'outbox-row',
      el('span', 'outbox-text', el('b', '', title), ' ', why(reason)),
      about === 'ticket'
        ? button('link', 'outbox-edit', say('outbox.edit'), () => {
            kit.panel.open(['new', body]);
            acts.rewrite(key);
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

  const draw = () => {
    const all = waiting();
    const late = all.filter((entry) => entry.state === 'waiting').length;
    // A message says in its thread that it failed; which of its files was the reason is said here, and what has no thread.
    const isRow = ({ state, about, reason }) => state === 'failed' && (about !== 'message' || reason?.name || reason === 'gone');
    const rows = new Map(all.filter(isRow).map((entry) => [entry.key + why(entry.reason), () => refused(entry)]));
    const lines = [complaint, late && say(kit.panel.is_refused() ? 'outbox.signed_out' : 'outbox.waiting', { count: late })].filter(Boolean);
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
