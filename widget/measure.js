/**
 * @file Counts what readers do with articles, for the team that writes them: searches, clicks with their place, readings,
 * and visits that ended without a ticket. Nothing says who; words leave only where they found nothing that was opened or surely fits, to be redacted.
 *
 * It listens to what the panel tells the host anyway, and reads what stands in the panel's own box.
 */
import { pageOf } from './page.js';

/** A pause in typing of this many milliseconds ends a search. */
const PAUSE_MS = 1500;

/** A text as JSON. The page may have taught its own `JSON.stringify` what libraries of old thought JSON to be. */
const quoted = (text) => '"' + text.replace(/["\\\0-\x1f]/g, (one) => '\\u' + one.charCodeAt().toString(16).padStart(4, 0)) + '"';

/** Texts and numbers of an object as JSON. */
const written = (one) =>
  '{' + Object.keys(one).map((key) => quoted(key) + ':' + (+one[key] === one[key] ? one[key] : quoted(one[key]))) + '}';

/**
 * @param {Element} box
 * @param {{origin: string, site: string, boot: string, page?: string}} config
 * @param {(name: string, detail: any) => void} emit
 * @returns {[(name: string, detail: any) => void, () => void]} what to tell instead of `emit`, and how to end it
 */
export const measured = (box, config, emit) => {
  const end = new AbortController();
  let events = [];
  let found, doubt, words, last, place, timer, looked, read, began, sent;
  // Words for which nothing surely fits: what was opened did, else it is as if nothing was found.
  const judge = (kind) => {
    if (doubt) events.push(kind ? { kind } : { kind: 'no_result', query: doubt });
    doubt = '';
  };
  const settle = () => {
    if (words && words !== last) {
      // Who goes on writing has not looked yet.
      if (!words.startsWith(doubt)) judge();
      doubt = words;
      if (found.fits) judge('search');
      else if (!found.results) judge();
      last = words;
      looked = 1;
    }
    words = '';
  };
  const send = () => {
    clearTimeout(timer);
    settle();
    if (!events.length) return;
    const { locale } = JSON.parse(config.boot);
    fetch(config.origin + '/api/support/kb/events/', {
      method: 'POST',
      keepalive: true,
      headers: { 'content-type': 'application/json' },
      body: `{"site":${quoted(config.site)},"locale":${quoted(locale)},"events":[${events.splice(0, 50).map(written)}]}`,
    }).catch(() => {});
  };
  const leave = () => {
    settle();
    judge();
    if (!sent && began && read) events.push({ kind: 'abandoned' });
    else if (!sent && (looked || read)) events.push({ kind: 'deflected' });
    looked = read = began = 0;
    send();
  };
  const on = (target, name, act) => target.addEventListener(name, act, { capture: true, signal: end.signal });
  const hooks = (name) => [...box.querySelectorAll(`[data-buoy=${name}]`)];
  on(box, 'click', ({ target }) => (place = hooks('result').indexOf(target.closest('[data-buoy=result]')) + 1));
  on(box, 'keydown', ({ key }) => {
    if (key === 'Enter') place = Math.max(0, hooks('result').findIndex((row) => row.ariaSelected === 'true')) + 1;
  });
  on(box, 'input', ({ target }) => /subject|body/.test(target.dataset.buoy) && (began = 1));
  on(window, 'pagehide', leave);
  return [
    (name, detail) => {
      // What was suggested in the form solved it: nobody's business but the team's.
      if (name === 'answered') {
        events.push({ kind: 'deflected' });
        looked = read = began = 0;
        return send();
      }
      if (name === 'search') {
        found = detail;
        words = hooks('search')[0]?.value.trim();
        clearTimeout(timer);
        timer = setTimeout(send, PAUSE_MS);
      } else if (name === 'article-viewed') {
        const { slug, locale } = detail;
        settle();
        judge('search');
        // One search leads to one click at most, or more would be opened than was looked for.
        if (place && looked) events.push({ kind: 'click', slug, place });
        events.push({ kind: 'view', slug, locale, page: pageOf(config) });
        place = looked = 0;
        read = 1;
        send();
      } else if (name === 'ticket-created') {
        sent = 1;
      }
      emit(name, detail);
    },
    () => {
      leave();
      end.abort();
    },
  ];
};
