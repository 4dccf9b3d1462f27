/** @file What all of `talk` needs: elements, words, and requests in the visitor's name. */

/** Longest wait for one answer, in milliseconds; the same as the panel's own. */
const TIMEOUT_MS = 15_000;
/** How long a tab waits at most for what another was given, and how often it looks. Only a first act waits that another tab did at the same moment. */
const OTHERS_MS = 2_000;
const LOOK_MS = 50;

/** Pixels from the end that still count as being there; the panel's own bound. */
const AT_END_PX = 60;

/** Gives the texts of some words, with their `{gaps}` filled. */
export const speaker = (words) => (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (gap, name) => values[name] ?? gap);

/** An element; a string among the children is text and stays text. */
export const el = (name, className, ...children) => {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...children.filter((child) => child != null));
  return node;
};

/** Articles as the panel takes them in: slugs, titles and summaries by turns, a line each. */
export const lines = (articles) =>
  articles.flatMap(({ slug, title, summary = '' }) => [slug, title, summary].map((text) => text.replace(/\n/g, ' '))).join('\n');

/** @param {object} tools see `talk.js` */
export const makeKit = ({ box, config, panel, tell, files, words, subjectOf, compiled }) => {
  const life = new AbortController();

  const say = speaker(words);

  /** A button with words; `hook` is its `data-buoy`. */
  const button = (className, hook, text, act) => {
    const node = el('button', className, text);
    node.type = 'button';
    node.dataset.buoy = hook;
    node.onclick = act;
    return node;
  };

  /** What another tab was given a moment ago: Firefox shows it to this one only a little after it was stored. */
  const seeOthers = async () => {
    const end = Date.now() + OTHERS_MS;
    while (!panel.visitor() && Date.now() < end) await new Promise((go) => setTimeout(go, LOOK_MS));
  };

  /** The visitor's token. Of tabs that act for the first time at once one asks, and the others take what it was given: two would be two customers. */
  const tokenOf = async (refused) => {
    let isHeld; // there is a line, and still no token
    const ask = () =>
      new Promise((act) =>
        panel.token(refused, (token, isOffline) => {
          isHeld = !isOffline;
          act(token);
        }),
      );
    const { locks } = navigator;
    const lock = `buoy:${config.site}:session`;
    let token;
    if (locks && (refused || !panel.visitor())) {
      try {
        const isFirst = await locks.request(lock, { ifAvailable: true }, async (held) => held && ((token = await ask()), true));
        if (!isFirst) token = await locks.request(lock, () => seeOthers().then(ask));
      } catch {
        token = await ask(); // where storage is refused locks are, too, and no other tab could be shown the token
      }
    } else token = await ask();
    if (!token) throw Object.assign(Error('no session'), { isHeld });
    return token;
  };

  /** A request to the edge. */
  const request = (path, init) => fetch(`${config.origin}/api/support/${path}`, { signal: AbortSignal.timeout?.(TIMEOUT_MS), ...init });

  /** A request to the edge in the visitor's name. A token that has ended is renewed once; `check` throws when it is not to be sent after all. */
  const call = async (path, init, check) => {
    for (let refused = false; ; refused = true) {
      const token = await tokenOf(refused);
      check?.();
      const headers = { ...init?.headers, authorization: 'Bearer ' + token };
      const answer = await request(path, { ...init, headers });
      if (answer.status !== 401 || refused) return answer;
    }
  };

  /** A size for people. */
  const size = (bytes) => {
    const [unit, value] =
      bytes < 1000 ? ['byte', bytes] : bytes < 1_000_000 ? ['kilobyte', bytes / 1000] : ['megabyte', bytes / 1_000_000];
    // Bytes by their whole name, which follows the number in most languages; of what is larger everybody knows the sign.
    const unitDisplay = unit === 'byte' ? 'long' : 'short';
    const digits = { style: 'unit', unit, unitDisplay, maximumFractionDigits: value < 10 ? 1 : 0 };
    return new Intl.NumberFormat(boot().locale, digits).format(value);
  };

  /** What the site said last. */
  const boot = () => JSON.parse(config.boot);

  const on = (target, event, act) => target.addEventListener(event, act, { signal: life.signal });

  /** What had the focus last, in the panel; a part that is drawn anew learns by it that the focus fell out with what it was. */
  let focused;
  on(box, 'focusin', ({ target }) => (focused = target));
  const hadFocus = (className) => {
    const isNowhere = !document.activeElement || document.activeElement === document.body;
    return Boolean(isNowhere && focused && !focused.isConnected && focused.closest('.' + className));
  };

  /** Changes a thread's list; whoever reads its end goes on seeing it. */
  const keepEnd = (list, change) => {
    const scroller = list.closest('.messages');
    const isAtEnd = scroller && scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < AT_END_PX;
    change();
    if (isAtEnd) scroller.scrollTop = scroller.scrollHeight;
  };

  /** Scores and words that were given and not sent, by ticket or survey: its thread may change while somebody writes them. */
  const ratings = new Map();

  const tools = { box, config, panel, tell, assets: files, subjectOf, compiled, life };
  // How many visitors have left while this panel stood: what was asked for one of them is not shown to the next.
  return { ...tools, left: 0, hadFocus, keepEnd, ratings, say, el, button, tokenOf, request, call, size, boot, on };
};
