/**
 * @file That somebody of the team is writing, as a line under the last message (W5). It goes when no further sign came, or when
 * what was written is here. It is read out once until then, however often a sign comes: the line itself is no live region.
 */

/** Somebody who goes on writing gives a sign every few seconds; so many milliseconds after the last one they have stopped. */
const SHOWN_MS = 6_000;

/** @param {ReturnType<import('./kit.js').makeKit>} kit */
export const makeTyping = ({ el, say, panel, life, keepEnd }) => {
  const said = new Set(); // of whom, since the team's last message
  const line = el('li', 'typing');
  line.dataset.buoy = 'typing';
  let list, shown, writes, timer;

  const draw = () => {
    if (!list || writes !== shown) return line.remove();
    if (line.parentNode !== list || line !== list.lastChild) keepEnd(list, () => list.append(line));
  };

  const stop = () => {
    clearTimeout(timer);
    writes = undefined;
    draw();
  };
  life.signal.addEventListener('abort', () => clearTimeout(timer));

  const start = (ticket, name) => {
    clearTimeout(timer);
    timer = setTimeout(stop, SHOWN_MS);
    writes = ticket;
    const text = say('thread.typing', { name });
    if (line.textContent !== text) line.textContent = text;
    draw();
    if (said.has(text) || !line.isConnected) return;
    said.add(text);
    panel.news(text);
  };

  return {
    /** The list of a thread's messages was made anew. */
    draw(place, ticket) {
      if (shown !== ticket) said.clear();
      list = place;
      shown = ticket;
      draw();
    },
    /** A word of the live line. */
    hear(ticket, { type, name, message }) {
      if (type === 'typing') start(ticket, name);
      if (type !== 'message' || message.author.kind === 'requester') return;
      said.clear();
      stop();
    },
    clear: stop,
  };
};
