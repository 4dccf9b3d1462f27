/**
 * @file Help in a frame of our own, for pages that refuse WebAssembly or where the panel failed: when it is left alone, what stands
 * in its place, and the talk between the page and the frame, whose other end is `panel_page.js`.
 */
import { contextOf, pageOf } from './page.js';

/** So many failures of the panel... */
const FAILURES_MAX = 3;
/** ...within so many milliseconds are no accident: it is broken, and each opening would only cost the page again. */
const TOGETHER_MS = 5 * 60_000;
/** So long it is left alone, in milliseconds: until then somebody has mended it or switched it off. */
const REST_MS = 60 * 60_000;

/** What the page may have said of itself and its visitor (`set`, or the tag) and the frame cannot know. */
export const SAID = ['theme', 'tier', 'plan', 'components', 'appVersion', 'context'];
/** The events that a host hears from the panel, and from the frame in its stead. */
export const EVENTS = ['unread', 'ticket-created', 'message', 'article-viewed', 'search', 'error'];

/** When the panel failed on this page, and until when it rests. */
const memory = {};

/** What is remembered under a name: by the page, and by the tab once its visitor has touched the page, for its next pages. */
const remember = (site, name, value) => {
  try {
    const key = `buoy:${site}:${name}`;
    if (value && navigator.userActivation?.hasBeenActive) sessionStorage[key] = value;
    memory[name] = value || memory[name] || sessionStorage[key];
  } catch {
    memory[name] = value || memory[name];
  }
  return memory[name] || '';
};

/**
 * Counts a failure; says until when the panel rests, if it does. A line that was lost is none, and neither is a page's policy
 * against WebAssembly: there is nothing broken.
 */
const restAfter = (site, reason) => {
  const now = Date.now();
  const until = +remember(site, 'rest');
  if (until > now) return until;
  if (reason instanceof TypeError || String(reason).includes('wasm-unsafe-eval')) return 0;
  const times = [...remember(site, 'failed').split(' '), now].slice(-FAILURES_MAX);
  remember(site, 'failed', times.join(' '));
  return times.length === FAILURES_MAX && times[0] && now - times[0] < TOGETHER_MS ? +remember(site, 'rest', String(now + REST_MS)) : 0;
};

/** What the page says of itself now; what it took back is nothing. Its place is its path: the frame's own says nothing about it. */
const saidBy = (config) => {
  const said = Object.fromEntries(SAID.map((name) => [name, config[name] ?? null]));
  return { ...said, context: Object.fromEntries(contextOf(config)), page: pageOf(config) };
};

/**
 * Speaks to the frame in the form of a panel, so that the loader need not know which of the two stands there. Both sides look at
 * who speaks: the frame hears its parent alone, which only a page of the site's origins can be, and we hear this frame of ours alone.
 *
 * @param {HTMLIFrameElement} view
 * @param {{origin: string, identity?: unknown}} config
 * @param {(event: string, detail: unknown) => void} emit
 */
const talkTo = (view, config, emit) => {
  const life = new AbortController();
  let isThere, told;
  let wish = []; // what it shall open once it is there
  let isOpen = true;
  let isNamed = Boolean(config.identity);
  const tell = (act, ...details) => {
    try {
      if (isThere) view.contentWindow.postMessage({ buoy: act, details: JSON.parse(JSON.stringify(details)) }, config.origin);
      } catch {} // what cannot be written as JSON is no wish
  };
  /** Who the visitor is. A function stays here: the frame asks for each token. What is no text names nobody known, in any form. */
  const name = (identity) => tell('identify', typeof identity === 'function' ? { asks: true } : { token: typeof identity !== 'string' || identity });
  /** What was said since the frame came; a page that says nothing new is not repeated. */
  const sayAgain = () => {
    const said = saidBy(config);
    if (told !== (told = JSON.stringify(said))) tell('set', said);
  };
  const answers = {
    __proto__: null,
    here() {
      isThere = true;
      told = '';
      sayAgain();
      if (config.identity) name(config.identity);
      if (config.identity === 0) tell('logout'); // nobody was there to hear it
      if (!isOpen) tell('close');
      else if (wish.length) tell('open', ...wish);
      wish = [];
    },
    async token(number) {
      const { identity } = config;
      try {
        tell('token', number, { token: typeof identity === 'function' ? await identity() : identity });
      } catch {
        tell('token', number, { failed: true }); // the page's server is away: the frame waits, as a panel would
      }
    },
    event(event, detail) {
      if (EVENTS.includes(event)) emit(event, detail);
    },
    // As the launcher does it: the focus goes back to where it was.
    close: () => isOpen && view.getRootNode().querySelector('.launcher').click(),
  };
  const hear = ({ source, origin, data }) => {
    if (!view.isConnected) return life.abort(); // something else stands in its place
    if (source === view.contentWindow && origin === config.origin) answers[data?.buoy]?.(...data.details);
  };
  addEventListener('message', hear, life);
  addEventListener('blur', sayAgain, life); // the frame has the focus now: what is written there is of the page as it is
  return {
    open(next = []) {
      // Who wishes for nothing takes no wish away: two openings at once end in any order.
      if (!isThere && next.length) wish = next;
      isOpen = true;
      view.focus();
      sayAgain();
      tell('open', ...next);
    },
    // What comes while it is closed is not read, and is counted.
    close() {
      isOpen = false;
      tell('close');
    },
    /** Nothing says nothing about a stranger, as in `panel.js`; a log-out comes as 0. */
    identify(identity) {
      if (identity) name(identity);
      else if (identity === 0 || isNamed) tell('logout');
      isNamed = Boolean(identity);
    },
    refresh: sayAgain,
    destroy: () => life.abort(),
  };
};

/** The panel's own sheet is not here: the box is ours from top to bottom, the link a line at its end that a finger finds. */
const COLUMN = 'display:flex;flex-direction:column;height:100%;border-radius:16px;background:Canvas;color:CanvasText';
const REST_OF_IT = 'flex:1;min-height:0;width:100%;box-sizing:border-box;margin:0;border:0';
const CROSS = 'float:inline-end;align-self:end;padding:8px 16px;font-size:20px';
const BELOW = 'padding:12px;text-align:center;color:LinkText';

/** Nobody to talk to: a link, or a word. */
const NOBODY = { open() {}, close() {}, identify() {}, refresh() {}, destroy() {} };

/** The page's own fields: whoever writes in one is not called away. */
const FIELDS = 'input, textarea, select, [contenteditable], iframe';

/** A word that there is no connection: once there is one, what was wished for last opens in its place, if it is still looked at. */
const waitForLine = (view) => {
  const life = new AbortController();
  let wish = [];
  const tryAgain = () => {
    if (!view.isConnected) return life.abort(); // something else stands in its place
    if (!view.closest('[hidden]') && !document.activeElement?.matches(FIELDS)) window.Buoy('open', ...wish);
  };
  addEventListener('online', tryAgain, life);
  return { ...NOBODY, open: (next) => (wish = next), destroy: () => life.abort() };
};

/** Closes what stands in for the panel: a page may hide the launcher, and on a phone there is no Escape. */
const closer = (text) => {
  const cross = Object.assign(document.createElement('button'), { textContent: '\u00d7', title: text });
  cross.dataset.buoy = 'close';
  cross.setAttribute('aria-label', text);
  cross.style.cssText = CROSS;
  cross.onclick = () => window.Buoy?.('close');
  return cross;
};

/**
 * Our own page above a plain link to it. Without a connection a frame would show the browser's own error in the middle of
 * somebody else's page, so there is a word instead. A panel that failed too often leaves the link alone, to the help centre,
 * which needs no WebAssembly.
 *
 * @param {{origin: string, site: string, boot: string, identity?: unknown}} config
 * @param {HTMLAnchorElement} link
 * @param {unknown} reason
 * @param {(event: string, detail: unknown) => void} emit
 * @returns what stands in for the panel, nothing where something else does; and `until` when it rests, in milliseconds since 1970; 0 if it does not
 */
export const frame = (config, link, reason, emit) => {
  if (!link.isConnected) return; // another one stands there by now, or nobody is here
  const until = restAfter(config.site, reason);
  const { texts } = JSON.parse(config.boot);
  link.before(closer(texts.close));
  if (until) {
    link.href = link.href.replace('/panel?', '/help?');
    return { ...NOBODY, until };
  }
  const isOffline = navigator.onLine === false;
  const view = document.createElement(isOffline ? 'p' : 'iframe');
  view.dataset.buoy = 'frame';
  if (isOffline) view.textContent = texts.offline;
  else Object.assign(view, { src: link.href, title: link.textContent });
  link.parentNode.style.cssText = COLUMN;
  if (/^(light|dark)$/.test(config.theme)) link.parentNode.style.colorScheme = config.theme;
  view.style.cssText = REST_OF_IT;
  link.style.cssText = BELOW;
  const talk = isOffline ? waitForLine(view) : talkTo(view, config, emit);
  link.before(view);
  return { ...talk, until };
};
