/**
 * @file What became of a ticket, as quiet lines between its messages (W5): who has it, solved, opened again, closed, merged.
 *
 * The edge says it on the live line; after every interruption what was missed is read again from the last version that is
 * known. An event is known by its id, so it stands once and is announced once.
 */

/** Without a live line a thread that is drawn again asks again after so many milliseconds, as the panel's polling does. */
const AGAIN_MS = 5_000;

/** @param {ReturnType<import('./kit.js').makeKit>} kit */
export const makeEvents = (kit) => {
  const { el, say, call, boot, panel, keepEnd } = kit;
  const threads = new Map(); // by ticket
  const of = (ticket) => {
    if (!threads.has(ticket)) threads.set(ticket, { known: new Map(), version: 0 });
    return threads.get(ticket);
  };

  const words = ({ kind, name, number }) => say('event.' + kind, { name, number });

  const line = (event) => {
    const at = new Date(event.created_at);
    const when = { hour: 'numeric', minute: '2-digit' };
    // A heading says that it was today; of another day there may be no message, and so no heading.
    if (at.toDateString() !== new Date().toDateString()) Object.assign(when, { day: 'numeric', month: 'short' });
    const time = el('time', 'muted', at.toLocaleString(boot().locale, when));
    time.dateTime = event.created_at;
    const item = el('li', 'event', words(event), ' · ', time);
    item.dataset.buoy = 'event';
    item.dataset.at = event.created_at;
    return item;
  };

  const timeOf = (item) => Date.parse(item.dataset.at);
  const dayOf = (item) => new Date(timeOf(item)).toDateString();

  /** Each where it belongs by its time: behind what was before it, and behind its own day's heading. */
  const place = ({ list, known }) => {
    const shown = new Set([...list.querySelectorAll('.event')].map((item) => item.dataset.id));
    for (const event of [...known.values()].sort((one, other) => one.version - other.version)) {
      if (shown.has(event.id)) continue;
      const item = line(event);
      item.dataset.id = event.id;
      const placed = [...list.querySelectorAll('[data-at]')];
      const later = placed.find((other) => timeOf(other) > timeOf(item));
      if (!later) {
        const last = placed[placed.length - 1];
        if (last) last.after(item);
        else list.prepend(item);
        continue;
      }
      const heading = later.previousElementSibling;
      const isBefore = heading?.matches('.day') && dayOf(later) !== dayOf(item);
      (isBefore ? heading : later).before(item);
    }
  };
  const draw = (thread) => thread.list && keepEnd(thread.list, () => place(thread));

  /** Takes in what is new; says it when somebody was here to see the thread without it. */
  const take = (thread, events, isNews) => {
    const fresh = events.filter(({ id }) => !thread.known.has(id));
    fresh.forEach((event) => thread.known.set(event.id, event));
    thread.version = Math.max(thread.version, ...events.map(({ version }) => version));
    if (!fresh.length) return;
    draw(thread);
    if (isNews && thread.list?.isConnected) panel.news(fresh.map(words).join('. '));
  };

  const load = async (ticket) => {
    const thread = of(ticket);
    thread.askedAt = Date.now();
    try {
      const answer = await call(`tickets/${ticket}/events/?after=${thread.version}`);
      if (!answer.ok) return;
      take(thread, (await answer.json()).items, thread.isLoaded);
      thread.isLoaded = true;
    } catch {} // the next reconnection asks again
  };

  return {
    /** The list of a thread's messages was made anew. */
    draw(list, ticket) {
      const thread = of(ticket);
      thread.list = list;
      draw(thread);
      if (!thread.isLive && !(Date.now() - thread.askedAt < AGAIN_MS)) load(ticket);
    },
    /** A word of the live line. */
    hear(ticket, word) {
      const thread = of(ticket);
      if (word.type === 'event') take(thread, [word.event], true);
      if (word.type !== 'caught_up') return;
      thread.isLive = true;
      load(ticket);
    },
    clear: () => threads.clear(),
  };
};
