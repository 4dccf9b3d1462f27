/**
 * @file The panel's module as the loader imports it: the bindings, the one start of the wasm behind them, and the way to
 * what is fetched only when it is needed.
 *
 * A page may ask for the panel again before the first one stands (`set` with another language, then `open`). Two starts
 * at once would be two instances behind one set of bindings, and each would call into the other's memory.
 */
import init, { mount as mountPanel, shared } from './bindings.js';
import { checked } from './checked.js';
import { measured } from './measure.js';

/** For the other half of the wasm, in milliseconds: on a bad line it takes a second, and then there is a button. */
const WAIT_MS = 20_000;
/** A page that is never idle is not waited for longer than so many milliseconds; Safari does not say when it is idle. */
const IDLE_MS = 1_000;

/** For the developers of the page, who alone can mend it; the edge does not say more, since it would say so to anybody. */
const REFUSED = 'Buoy: this identity is refused: check kid, secret, aud, iat, exp';

/** A vote that found no outbox tries again after so many milliseconds. */
const AGAIN_MS = 3_000;

/** The smallest module: a policy without 'wasm-unsafe-eval' refuses it as it would refuse ours. */
const NOTHING = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

let started, views;
let attempts = 0; // at modules: browsers before 2026 remember by its address which one did not come, and never ask for that again

/** A module of what came, compiled while it comes; nothing of it runs before it is known to be the file that was asked for. */
const compiled = async (answer) => (await Promise.all([checked(answer), WebAssembly.compileStreaming(answer)]))[1];

/** Whether the page's policy refuses wasm. Asked only where something failed: a module costs a slow phone 2 ms. */
const isWasmRefused = () => {
  try {
    new WebAssembly.Module(NOTHING);
  } catch {
    return true;
  }
};

/** Whatever of these is still on the line need not come; a body that is being read stays. */
const drop = (responses) => responses.forEach(({ body }) => body?.cancel().catch(() => {}));

/**
 * What every view but the first is made of: the other half of the wasm (`widget/src/later.rs`), which starts once like the
 * first, and its style sheet, which is what it gives.
 */
const fetchViews = async (...addresses) => {
  const init = { priority: 'low', signal: AbortSignal.timeout?.(WAIT_MS) }; // the search index goes first
  const [wasm, style] = await Promise.all(addresses.map((address) => fetch(address, init)));
  if (!style.ok) throw style;
  const [module, , css] = await Promise.all([compiled(wasm), checked(style), style.text()]);
  await WebAssembly.instantiate(module, shared());
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
};

/** Does something once the page has drawn what it has to draw. */
const whenIdle = (act) => (window.requestIdleCallback ? requestIdleCallback(act, { timeout: IDLE_MS }) : setTimeout(act, IDLE_MS));

/** Whom a token names, as far as a page can read it: enough to know the same person again, no reason to believe it. */
const subjectOf = (identity) => {
  if (typeof identity !== 'string') return; // nobody named, or a function: no reason for the cost of an error
  try {
    return JSON.parse(atob(identity.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))).sub;
  } catch {}
};

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
  const [wasm, ...others] = responses;
  try {
    await Promise.all([...others.map(checked), (started ||= compiled(wasm).then((module) => init({ module_or_path: module })))]);
  } catch (error) {
    started = undefined; // the line was lost, perhaps: the next opening tries again
    if (!isWasmRefused()) throw error;
    drop(responses);
    throw "Add 'wasm-unsafe-eval' to script-src";
  }
  const [tellHost, end] = measured(box, config, emit);
  const tell = (event, detail) => {
    if (event === 'error') console.warn(REFUSED);
    tellHost(event, detail);
  };
  const { origin, site } = config;
  const files = BUOY_FILES; // filled in by the build
  let panel, talk, parts, home, ask, isOpened, isWhole;

  /** Fetches the other half and tells the panel; throws if it is not to be had now. */
  const later = async () => {
    try {
      const sheet = await (views ||= fetchViews(origin + files.later, origin + files.later_css));
      const root = box.getRootNode();
      const [loaders, panels, , ...others] = root.adoptedStyleSheets;
      root.adoptedStyleSheets = [loaders, panels, sheet, ...others];
    } catch (error) {
      views = undefined;
      panel.later(false);
      throw error;
    }
    panel.later(true);
  };

  /** What belongs to writing and conversations (`widget/talk`), and its words. */
  const fetchParts = async () => {
    const { locale, assets } = JSON.parse(config.boot);
    // Of the locale whose texts the panel has, which the name of their file says.
    const named = files.words + (assets.texts[locale] || assets.texts[locale.split('-')[0]] || assets.texts.en).split('.')[1] + '.json';
    try {
      const words = fetch(origin + named, { priority: 'low' }).then((answer) => answer.json());
      return await Promise.all([import(origin + files.talk + (attempts ? '#' + attempts : '')), words]);
    } catch (error) {
      parts = undefined;
      attempts++;
      throw error;
    }
  };

  /**
   * All that the other views and the outbox are made of, before somebody needs it: a line may be lost at any moment, and
   * whoever has the panel open then shall still be able to write. What did not come is tried again as soon as the loader
   * hears from the edge.
   */
  const ahead = async () => {
    if (isWhole || !isOpened) return;
    try {
      isWhole = await Promise.all([later(), (parts ||= fetchParts())]);
    } catch {}
  };

  /** Begins it, once. It speaks to views. */
  const beginTalk = async () => {
    const [[module, words]] = await Promise.all([(parts ||= fetchParts()), later()]);
    return module.begin({ box, config, panel, tell, files, words, subjectOf, compiled });
  };

  /** Fills the end of the first view once the rest is drawn. Nobody writes there, so of `widget/talk` nothing else begins. */
  const fillHome = async (place) => {
    await new Promise(whenIdle);
    const [module, words] = await (parts ||= fetchParts());
    (home ||= module.makeHome({ box, config, panel, words }))(place);
  };

  /** The rest of a large index stays at the edge: every search there asks it, too. */
  const askEdge = async (words) => {
    const [module] = await (parts ||= fetchParts());
    (ask ||= module.makeAsk({ box, config, panel }))(words);
  };

  /** Calls one of its functions; what cannot be fetched now is tried again by the next call. */
  const extra = async (name, ...details) => {
    try {
      if (name === 'later') return await later();
      if (name === 'home') return await fillHome(...details);
      if (name === 'ask') return await askEdge(...details);
      (await (talk ||= beginTalk()))[name](...details);
    } catch (error) {
      if (name === 'later' || name === 'home') return;
      if (name === 'ask') return panel.articles(...details, '', false); // then the first part answers alone
      talk = undefined;
      if (name === 'send') panel.hear('failed', ...details);
      if (name === 'vote') setTimeout(() => isOpened && extra(name, ...details), AGAIN_MS); // it was thanked for
    }
  };

  // Somebody logged out where no panel was: nothing that was begun in this tab stays, whoever began it.
  const own = `buoy:${site}:`;
  let isMarked;
  try {
    isMarked = own + 'session' in localStorage;
  } catch {}
  try {
    if (!isMarked) for (const key of Object.keys(sessionStorage)) if (key.startsWith(own) && /:(draft|replies)/.test(key)) delete sessionStorage[key];
  } catch {}
  /** Whose half-written texts are kept in this tab: the next whom the page names finds none of them. */
  const whoIs = (subject) => (config.who = subject ? ':' + subject : '');
  let named = subjectOf(config.identity);
  whoIs(named);
  panel = await mountPanel(box, config, responses, tell, ...calls, extra);
  const stood = box.querySelector(':scope > .panel:not([role])'); // a frame that stood in for us
  stood?.remove();
  // What is typed and pasted here is no shortcut of the page's, to which it seems to come from an element that takes no text.
  for (const name of ['keydown', 'keypress', 'keyup', 'paste']) box['on' + name] = (event) => event.stopPropagation();
  const { destroy, identify, open, refresh } = panel;
  panel.open = (wish) => {
    open.call(panel, wish);
    if (!isOpened) whenIdle(ahead);
    isOpened = true;
  };
  if (stood && !box.hidden) panel.open([]); // whoever looks at it may only have pointed at the launcher
  panel.refresh = (boot) => {
    refresh.call(panel, boot);
    ahead();
  };
  panel.destroy = () => {
    end();
    ask?.('');
    removeEventListener('storage', leaveToo);
    isOpened = false;
    talk?.then((one) => one.end());
    destroy.call(panel);
  };
  let isNamed = Boolean(config.identity);
  panel.identify = (identity) => {
    // A page that does not know yet who is here (`user?.token`) says nothing about a stranger; a log-out comes as 0.
    if (!identity && identity !== 0 && !isNamed) return;
    const before = named;
    named = subjectOf(identity);
    // A fresh token of the same person is no reason to take away what they are writing, and neither is a first name.
    const isSame = Boolean(named) && named === before;
    const isSigningIn = !isNamed && Boolean(identity);
    isNamed = Boolean(identity);
    if (!isSame && !isSigningIn) ask?.(''); // what somebody typed is not asked for the next
    talk?.then((one) => one.leave(!identity, isSame, isSigningIn));
    if (isSigningIn) whoIs(named); // what they have begun is theirs
    identify.call(panel, identity, isSame);
    if (!identity && identity !== 0) tell('unread', 0); // with 0, whoever said it tells
    whoIs(named);
  };
  /**
   * Whoever logs out in another tab leaves this one, too: nothing of theirs is shown or sent from then on. Whom the host names
   * it names in each tab; and where somebody has begun anew by now, nothing of theirs is taken away.
   */
  const leaveToo = ({ key, newValue }) => {
    if (key !== `buoy:${site}:session` || newValue !== null || isNamed || localStorage.getItem(key) !== null) return;
    panel.identify(0);
    tell('unread', 0);
  };
  addEventListener('storage', leaveToo);
  // Something of an earlier page waits to be sent.
  try {
    if (localStorage[`buoy:${site}:outbox`]) extra('wake');
  } catch {}
  return panel;
};
