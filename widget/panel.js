/**
 * @file The panel's module as the loader imports it: the bindings, and the one start of the wasm behind them.
 *
 * A page may ask for the panel again before the first one stands (`set` with another language, then `open`). Two starts
 * at once would be two instances behind one set of bindings, and each would call into the other's memory.
 */
import init, { mount as mountPanel } from './bindings.js';
import { measured } from './measure.js';

let started;

/**
 * Mounts a panel; see `widget/src/lib.rs` for what the arguments are.
 *
 * @param {Element} box
 * @param {object} config
 * @param {Response[]} responses wasm, style sheet, texts
 * @param {Function} emit
 * @param {...Function} calls close, crash
 */
export const mount = async (box, config, responses, emit, ...calls) => {
  try {
    await (started ||= init({ module_or_path: responses[0] }));
  } catch (error) {
    started = undefined; // the line was lost, perhaps: the next opening tries again
    throw error;
  }
  const [tell, end] = measured(box, config, emit);
  const panel = await mountPanel(box, config, responses, tell, ...calls);
  const destroy = panel.destroy.bind(panel);
  panel.destroy = () => {
    end();
    destroy();
  };
  return panel;
};
