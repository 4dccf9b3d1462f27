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

/**
 * @param {object} tools `box`, `config`, `panel` (its handle)
 * @returns {() => void} what is called with every search
 */
export const makeAsk = ({ box, config, panel }) => {
  const field = () => box.querySelector('[data-buoy=search]');
  let asked, timer, life;

  const ask = async (words) => {
    const { signal } = (life = new AbortController());
    const limit = setTimeout(() => signal === life.signal && life.abort(), TIMEOUT_MS);
    const { locale } = JSON.parse(config.boot);
    const question = new URLSearchParams({ site: config.site, locale, q: words.slice(0, WORDS_MAX), limit: RESULTS_MAX });
    try {
      const answer = await fetch(`${config.origin}/api/support/kb/search/?${question}`, { signal });
      if (!answer.ok) throw answer;
      const { items, fits } = await answer.json();
      // What the arrows are at must not become another article.
      if (field()?.value.trim() === words && !field().hasAttribute('aria-activedescendant')) panel.articles(words, lines(items), fits);
    } catch {
      if (asked === words) asked = undefined; // the next search asks again
    }
    clearTimeout(limit);
  };

  return () => {
    const words = field()?.value.trim();
    if (words === asked) return;
    clearTimeout(timer);
    life?.abort();
    asked = words;
    if (words) timer = setTimeout(ask, PAUSE_MS, words);
  };
};
