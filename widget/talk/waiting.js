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

  const refused = ({ key, about, body, reason }) => {
    const title = body.subject || body.body || '';
    const why = reason?.name ? say(reason.text, reason) : say(reason === 'old' ? 'outbox.old' : 'outbox.refused');
    return el(
      'div',
      'outbox-row',
      el('span', 'outbox-text', el('b', '', title), ' ', why),
      about === 'ticket'
        ? button('link', 'outbox-edit', say('outbox.edit'), () => {
            kit.panel.open(['new', body]);
            acts.rewrite(key);
          })
        : button('link', 'outbox-retry', say('outbox.retry'), () => acts.retry(key)),
      button('link', 'outbox-discard', say('outbox.discard'), () => acts.discard(key)),
    );
  };

  const draw = () => {
    const all = waiting();
    const late = all.filter((entry) => entry.state === 'waiting').length;
    // A message says in its thread that it failed; which of its files was the reason is said here, and what has no thread.
    const isRow = ({ state, about, reason }) => state === 'failed' && (about !== 'message' || reason?.name || reason === 'gone');
    const rows = all.filter(isRow).map(refused);
    if (late) rows.unshift(el('div', 'outbox-row', say('outbox.waiting', { count: late })));
    if (complaint) rows.unshift(el('div', 'outbox-row', complaint));
    place.replaceChildren(...rows);
    if (!rows.length) place.remove();
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
