/**
 * @file The panel's module as the loader imports it: the bindings, and the one start of the wasm behind them.
 *
 * A page may ask for the panel again before the first one stands (`set` with another language, then `open`). Two starts
 * at once would be two instances behind one set of bindings, and each would call into the other's memory.
 */
import init, { mount as mountPanel } from './bindings.js';

let started;

/**
 * Mounts a panel; see `widget/src/lib.rs` for what the arguments are.
 *
 * @param {Element} box
 * @param {object} config
 * @param {Response[]} responses wasm, style sheet, texts
 * @param {...Function} calls emit, close, crash
 */
export const mount = async (box, config, responses, ...calls) => {
  try {
    await (started ||= init({ module_or_path: responses[0] }));
  } catch (error) {
    started = undefined; // the line was lost, perhaps: the next opening tries again
    throw error;
  }
  return mountPanel(box, config, responses, ...calls);
};
