// The five engines that people put into a page, each set up as its documentation says for search as you type: the last word
// as a beginning, slips forgiven where the engine can, the same fields with the same boosts, and what a result shows kept.
// `make` runs once in Node and gives text; `load` and `search` run in the page.
import MiniSearch from 'minisearch';
import FlexSearch from 'flexsearch';
import * as Orama from '@orama/orama';
import lunr from 'lunr';

const FIELDS = ['title', 'keywords', 'headings', 'body'];
const SHOWN = ['slug', 'title', 'summary'];
const BOOST = { title: 5, keywords: 4, headings: 2, body: 1 };
const RESULTS = 8;
/** Shortest word that may have a slip, as ours. */
const SLIP_LETTERS = 4;

const shown = (article) => Object.fromEntries(SHOWN.map((name) => [name, article[name]]));
const numbered = (articles) => articles.map((article, id) => ({ id, ...article }));

const MINISEARCH = {
  fields: FIELDS,
  storeFields: SHOWN,
  searchOptions: {
    boost: BOOST,
    prefix: (_, at, all) => at === all.length - 1,
    fuzzy: (word) => (word.length >= SLIP_LETTERS ? 0.2 : false),
  },
};

const flexsearch = () =>
  new FlexSearch.Document({ document: { id: 'id', index: FIELDS, store: SHOWN }, tokenize: 'forward' });

const ORAMA = { schema: Object.fromEntries(FIELDS.map((name) => [name, 'string'])) };

export const engines = {
  minisearch: {
    make(articles) {
      const index = new MiniSearch(MINISEARCH);
      index.addAll(numbered(articles));
      return JSON.stringify(index);
    },
    load: (text) => MiniSearch.loadJSON(text, MINISEARCH),
    search: (index, query) => index.search(query).slice(0, RESULTS),
  },
  flexsearch: {
    async make(articles) {
      const index = flexsearch();
      numbered(articles).forEach((article) => index.add(article));
      const parts = {};
      await index.export((key, data) => {
        parts[key] = data;
      });
      return JSON.stringify(parts);
    },
    load(text) {
      const index = flexsearch();
      for (const [key, data] of Object.entries(JSON.parse(text))) index.import(key, data);
      return index;
    },
    search: (index, query) => index.search(query, { limit: RESULTS, enrich: true, merge: true, suggest: true }),
  },
  orama: {
    async make(articles) {
      const index = Orama.create(ORAMA);
      await Orama.insertMultiple(index, articles);
      const saved = Orama.save(index);
      // It keeps whole documents; what is not shown would only make it larger.
      for (const [id, article] of Object.entries(saved.docs.docs)) saved.docs.docs[id] = shown(article);
      return JSON.stringify(saved);
    },
    load(text) {
      const index = Orama.create(ORAMA);
      Orama.load(index, JSON.parse(text));
      return index;
    },
    search: (index, query) => Orama.search(index, { term: query, limit: RESULTS, tolerance: 1, boost: BOOST }),
  },
  lunr: {
    make(articles) {
      const index = lunr(function build() {
        this.ref('id');
        for (const name of FIELDS) this.field(name, { boost: BOOST[name] });
        numbered(articles).forEach((article) => this.add(article));
      });
      return JSON.stringify({ index, articles: articles.map(shown) });
    },
    load(text) {
      const { index, articles } = JSON.parse(text);
      return { index: lunr.Index.load(index), articles };
    },
    search({ index, articles }, query) {
      const words = lunr.tokenizer(query).map(String);
      const found = index.query((wanted) => {
        words.forEach((word, at) => {
          wanted.term(word, { boost: 10 });
          if (at === words.length - 1) {
            wanted.term(word, { usePipeline: false, wildcard: lunr.Query.wildcard.TRAILING, boost: 5 });
          }
          if (word.length >= SLIP_LETTERS) wanted.term(word, { usePipeline: false, editDistance: 1 });
        });
      });
      return found.slice(0, RESULTS).map(({ ref }) => articles[ref]);
    },
  },
};
