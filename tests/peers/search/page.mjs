// In the page: loads the engine that the address names and asks it every keystroke, one after the other.
import { engines } from './engines.mjs';

const name = new URLSearchParams(location.search).get('engine');
const queries = await (await fetch('./queries.json')).json();

/** Pagefind has no index to load at once: it fetches what a query needs. */
const pagefind = async () => {
  const began = performance.now();
  const module = await import(new URL('./pagefind/pagefind.js', location.href).href);
  await module.init();
  return { load: performance.now() - began, ask: (query) => module.search(query) };
};

const other = async () => {
  const { load, search } = engines[name];
  const text = await (await fetch(`./${name}.json`)).text();
  const began = performance.now();
  const index = load(text);
  return { load: performance.now() - began, ask: (query) => search(index, query) };
};

const { load, ask } = await (name === 'pagefind' ? pagefind() : other());
const took = [];
for (const query of queries) {
  const began = performance.now();
  const found = ask(query);
  // Awaiting what is no promise would cost a turn of the loop.
  if (found instanceof Promise) await found;
  took.push(performance.now() - began);
  // The slowest of them would look like a page that hangs.
  if (took.length % 50 === 0) await new Promise((resolve) => setTimeout(resolve));
}
window.answer = { load, took };
