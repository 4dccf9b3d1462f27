// How much later a fresh workerd gives its first answer with a worker than with an empty one: everything that starting the worker
// costs, which is reading and compiling its modules, its global scope and its first request.
//
// workerd reports no start-up time, so this is an upper bound of what the platform's limit counts. The two take turns.
//
// In: the entry module and the number of pairs, as arguments. Out: one JSON line, { empty: [ms …], worker: [ms …] }.

import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";

Object.assign(process.env, { CLOUDFLARE_CF_FETCH_ENABLED: "false" });
const { Miniflare } = await import("miniflare");

const [main, pairs] = process.argv.slice(2);
const folder = path.dirname(main);
const read = (name, type) => ({ type, path: path.join(folder, name), contents: readFileSync(path.join(folder, name)) });
const wasm = readdirSync(folder).filter((name) => name.endsWith(".wasm"));

const subjects = {
  empty: [{ type: "ESModule", path: path.join(folder, "empty.js"), contents: "export default { fetch: () => new Response() }" }],
  worker: [read(path.basename(main), "ESModule"), ...wasm.map((name) => read(name, "CompiledWasm"))],
};

async function firstAnswer(modules) {
  const began = performance.now();
  const mf = new Miniflare({ modules, modulesRoot: folder, compatibilityDate: "2026-04-20", cf: false, telemetry: { enabled: false } });
  await (await mf.dispatchFetch("http://localhost/nothing/here")).text();
  const took = performance.now() - began;
  await mf.dispose();
  return took;
}

const took = { empty: [], worker: [] };
await firstAnswer(subjects.empty); // Node compiles Miniflare itself in the first run
for (let pair = 0; pair < Number(pairs); pair += 1) {
  for (const name of Object.keys(subjects)) took[name].push(await firstAnswer(subjects[name]));
}
process.stdout.write(`${JSON.stringify(took)}\n`);
