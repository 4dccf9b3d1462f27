// `node make.mjs FOLDER`: from FOLDER/corpus.json, what each engine would serve to a page, and the bundle of the page.
// Prints the bytes of each, raw and as brotli of the best quality.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gunzipSync } from 'node:zlib';
import esbuild from 'esbuild';
import * as pagefind from 'pagefind';
import { engines } from './engines.mjs';

const folder = process.argv[2];
const here = dirname(fileURLToPath(import.meta.url));
const articles = JSON.parse(readFileSync(join(folder, 'corpus.json'), 'utf8'));
const weight = (bytes) => ({ raw: bytes.length, brotli: brotliCompressSync(bytes).length });
const sizes = {};

for (const [name, { make }] of Object.entries(engines)) {
  const bytes = Buffer.from(await make(articles));
  writeFileSync(join(folder, `${name}.json`), bytes);
  sizes[name] = weight(bytes);
}

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const { index } = await pagefind.createIndex({ forceLanguage: 'en' });
for (const { slug, title, headings, body, keywords, summary } of articles) {
  const content = `<!doctype html><html lang="en"><body><h1>${escape(title)}</h1>
    <p hidden data-pagefind-meta="summary">${escape(summary)}</p><p data-pagefind-weight="4">${escape(keywords)}</p>
    <h2>${escape(headings)}</h2><p>${escape(body)}</p></body></html>`;
  const { errors } = await index.addHTMLFile({ url: `/${slug}/`, content });
  if (errors.length > 0) throw new Error(errors.join('\n'));
}
const output = join(folder, 'pagefind');
await index.writeFiles({ outputPath: output });
await pagefind.close();
// Its files are gzip already; inflated and as brotli they are what the others are. Fragments hold the texts and what a
// result shows; they are not counted as index.
const names = readdirSync(output, { recursive: true }).map(String);
const files = names.filter((name) => /\.pf_(index|meta)$|pagefind-entry\.json$/.test(name));
sizes.pagefind = files
  .map((name) => readFileSync(join(output, name)))
  .map((bytes) => weight(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes))
  .reduce((sum, one) => ({ raw: sum.raw + one.raw, brotli: sum.brotli + one.brotli }));

await esbuild.build({
  entryPoints: [join(here, 'page.mjs')],
  outfile: join(folder, 'page.js'),
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  logLevel: 'error',
});
writeFileSync(join(folder, 'sizes.json'), JSON.stringify(sizes));
