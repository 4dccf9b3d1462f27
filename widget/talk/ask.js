/**
 * @file Search in a base that is too large to download: what the first part of the index lacks is asked of the edge whenever
 * somebody pauses in typing. Until there is an answer, and where none is to be had, the first part answers alone.
 */
import { lines } from './kit.js';

/** Between two keys most people need less than so many milliseconds; who needs more wants to see what was found. */
const PAUSE_MS = 250;
/** Longest wait for an answer, in milliseconds: by then something else is typed, or nothing is looked for any more. */
const TIMEOUT_MS = 10_000;
/** As many as the panel shows. */
const RESULTS_MAX = 8;
/** Characters that are asked for at most; more are an address too long for some proxies. */
const WORDS_MAX = 500;

/** A result that somebody is at, by the arrows or with a finger: it must not become another one, so the answer waits. */
const TAKEN = '[data-buoy=result]:is([aria-selected=true], :active)';

/**
 * @param {object} tools `box`, `config`, `panel` (its handle)
 * @returns {(words: string) => void} what is called with the words of every search, and with none when nobody searches any more
 */
export const makeAsk = ({ box, config, panel }) => {
  let asked, timer, life;

  const search = async (words, signal) => {
    const { locale } = JSON.parse(config.boot);
    const question = new URLSearchParams({ site: config.site, locale, q: words.slice(0, WORDS_MAX), limit: RESULTS_MAX });
    const answer = await fetch(`${config.origin}/api/support/kb/search/?${question}`, { signal });
    if (!answer.ok) throw answer;
    return answer.json();
  };

  const ask = async (words) => {
    const one = (life = new AbortController());
    const limit = setTimeout(() => one.abort(), TIMEOUT_MS);
    const { items, fits } = await search(words, one.signal).catch(() => ({ items: [] }));
    clearTimeout(limit);
    const give = () => {
      if (one !== life) return; // other words were asked meanwhile, or none
      if (box.querySelector(TAKEN)) timer = setTimeout(give, PAUSE_MS);
      else panel.articles(words, lines(items), Boolean(fits));
    };
    give();
  };

  return (words) => {
    if (words === asked) return;
    clearTimeout(timer);
    life?.abort();
    life = undefined;
    asked = words;
    if (words) timer = setTimeout(ask, PAUSE_MS, words);
  };
};
