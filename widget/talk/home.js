/**
 * @file What the first view says before anybody asked: how the system is, whether somebody is there, by when an answer comes,
 * and which articles help on this page. Asked after the panel has been drawn; what cannot be had now is not there.
 *
 * It is fetched with the rest of `talk` and stands for itself: whoever only reads begins nothing else of it.
 */
import { pageOf } from '../page.js';
import { el, lines, speaker } from './kit.js';

/** Longest wait for the answer, in milliseconds: later nobody looks at the first view any more. */
const TIMEOUT_MS = 10_000;
/** Milliseconds of a day: within one, a time of day alone says when. */
const DAY_MS = 86_400_000;

const TIME = { hour: 'numeric', minute: '2-digit' };

/**
 * What is said of the office, by the visitor's own clock. Who is there around the clock says by when they answer and no more;
 * so does who promises an answer before the office opens again: both would contradict each other.
 */
const office = (say, locale, { open, next_change_at, reply_by }) => {
  const write = (at, parts) => new Intl.DateTimeFormat(locale, parts).format(at);
  const isIn = (at, days) => at.toDateString() === new Date(Date.now() + days * DAY_MS).toDateString();
  const lines = [];
  if (next_change_at) {
    const change = new Date(next_change_at);
    const day = isIn(change, 0) ? {} : { weekday: 'long', day: 'numeric', month: 'long' };
    const isAnswered = reply_by && new Date(reply_by) < change;
    if (!open && !isAnswered) lines.push(say('office.away', { time: write(change, { ...day, ...TIME }) }));
    else if (open && change - Date.now() < DAY_MS) lines.push(say('office.open', { time: write(change, TIME) }));
  }
  if (reply_by) {
    const due = new Date(reply_by);
    const date = write(due, { weekday: 'short', day: 'numeric', month: 'short' });
    lines.push(say('promise.' + (isIn(due, 0) ? 'today' : isIn(due, 1) ? 'tomorrow' : 'date'), { time: write(due, TIME), date }));
  }
  return lines;
};

/**
 * Begins it for a panel.
 *
 * @param {object} tools `box`, `config`, `panel` (its handle), `words` (by key)
 * @returns {(place: Element) => Promise<void>} what fills the place that the first view leaves, below everything else
 */
export const makeHome = ({ box, config, panel, words }) => {
  const say = speaker(words);
  let known, asked; // the text of the last answer, and to which question

  const link = (status, locale) => {
    const node = el('a', 'system', say(status === 'none' ? 'system.good' : 'system.bad'));
    node.href = `${config.origin}/status?${new URLSearchParams({ site: config.site, locale })}`;
    node.target = '_blank';
    node.rel = 'noopener';
    node.dataset.buoy = 'system';
    node.dataset.status = status;
    return node;
  };

  /** Suggested articles take the place of the first ones, unless somebody is about to press one of those: then with the next opening. */
  const suggest = (articles) => {
    if (box.querySelector('[data-buoy=articles]')?.matches(':hover, :focus-within')) return;
    panel.articles('', lines(articles), true);
  };

  const draw = (place, locale) => {
    if (!place.isConnected) return; // closed, or on another view
    const answer = JSON.parse(known);
    place.replaceChildren(link(answer.status, locale), ...office(say, locale, answer).map((line) => el('span', 'hours', line)));
    suggest(answer.suggested);
  };

  return async (place) => {
    const { locale } = JSON.parse(config.boot);
    const question = String(new URLSearchParams({ site: config.site, locale, page: pageOf(config) }));
    if (asked === question) draw(place, locale);
    try {
      const answer = await fetch(`${config.origin}/api/support/home/?${question}`, { signal: AbortSignal.timeout?.(TIMEOUT_MS) });
      if (!answer.ok) return;
      const text = await answer.text();
      if (asked === question && known === text) return; // it stands there
      [known, asked] = [text, question];
      draw(place, locale);
    } catch {}
  };
};
