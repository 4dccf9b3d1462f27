/**
 * @file The second wasm module (`widget/triage`): the triage engine, and what takes secrets out of technical details. Fetched
 * once, by whoever needs it first; two starts at once would be two instances behind one set of bindings.
 */

let started;

/** @param {ReturnType<import('./kit.js').makeKit>} kit */
export const engine = ({ config, assets, compiled }) => {
  const start = async () => {
    const module = await import(config.origin + assets.triage_js);
    await module.default({ module_or_path: await compiled(await fetch(config.origin + assets.triage_wasm)) });
    return module;
  };
  started ||= start().catch((error) => {
    started = undefined; // the line was lost, perhaps: the next one tries again
    throw error;
  });
  return started;
};
