/**
 * @file The panel's module as the loader imports it: the bindings, the one start of the wasm behind them, and the way to
 * what is fetched only when it is needed.
 *
 * A page may ask for the panel again before the first one stands (`set` with another language, then `open`). Two starts
 * at once would be two instances behind one set of bindings, and each would call into the other's memory.
 */
import init, { mount as mountPanel, shared } from './bindings.js';
import { measured } from './measure.js';

/** For the other half of the wasm, in milliseconds: on a bad line it takes a second, and then there is a button. */
const WAIT_MS = 20_000;

/** The smallest module: a policy without 'wasm-unsafe-eval' refuses it as it would refuse ours. */
const NOTHING = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

let started, views;

/** The wasm's other half, for every view but the first (`widget/src/later.rs`): like the first half, it starts once. */
const fetchViews = (address) => WebAssembly.instantiateStreaming(fetch(address, { signal: AbortSignal.timeout?.(WAIT_MS) }), shared());

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
    new WebAssembly.Module(NOTHING);
  } catch {
    for (const { body } of responses) body?.cancel();
    throw "Add 'wasm-unsafe-eval' to script-src";
  }
  try {
    await (started ||= init({ module_or_path: responses[0] }));
  } catch (error) {
    started = undefined; // the line was lost, perhaps: the next opening tries again
    throw error;
  }
  const [tell, end] = measured(box, config, emit);
  const { origin, site } = config;
  const files = BUOY_FILES; // filled in by the build
  let panel, talk;

  /** Who has gone to such a view without a line sees it when the line is back. */
  const again = () => extra('later');

  /** Fetches it and tells the panel; throws if it is not to be had now. */
  const later = async () => {
    try {
      await (views ||= fetchViews(origin + files.later));
    } catch (error) {
      views = undefined;
      window.addEventListener('online', again, { once: true });
      panel.later(false);
      throw error;
    }
    panel.later(true);
  };

  /** What belongs to writing and conversations (`widget/talk`), with its words; fetched once. It speaks to views. */
  const fetchTalk = async () => {
    const { locale, assets } = JSON.parse(config.boot);
    const [module, words] = await Promise.all([
      import(origin + files.talk),
      // Of the locale whose texts the panel has, which the name of their file says.
      fetch(origin + files.words + (assets.texts[locale] || assets.texts.en).split('.')[1] + '.json').then((answer) => answer.json()),
      later(),
    ]);
    return module.begin({ box, config, panel, tell, files, words });
  };

  /** Calls one of its functions; what cannot be fetched now is tried again by the next call. */
  const extra = async (name, ...details) => {
    try {
      if (name === 'later') return await later();
      (await (talk ||= fetchTalk()))[name](...details);
    } catch (error) {
      if (name === 'later') return;
      talk = undefined;
      if (name === 'send') panel.hear('failed', ...details);
    }
  };

  panel = await mountPanel(box, config, responses, tell, ...calls, extra);
  box.querySelector(':scope > .panel:not([role])')?.remove(); // a frame that stood in for us
  const { destroy, identify } = panel;
  panel.destroy = () => {
    end();
    window.removeEventListener('online', again);
    talk?.then((one) => one.end());
    destroy.call(panel);
  };
  panel.identify = (identity) => {
    talk?.then((one) => one.leave(!identity));
    identify.call(panel, identity);
  };
  // Something of an earlier page waits to be sent.
  try {
    if (localStorage[`buoy:${site}:outbox`]) extra('wake');
  } catch {}
  return panel;
};
