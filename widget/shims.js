/**
 * @file The calls that a page already makes to another messenger, done by this one. The tag's `data-shim` says whose they
 * are; nobody else fetches this file. `docs/embed.md` has the tables of what is mapped, and a test compares them.
 *
 * Pages that were not written for us must not break on us: nothing here throws, and a call that means nothing to us is named
 * once on the console. Calls which the page's own stub has kept are done first, in their order. When the widget is taken
 * away, the globals are again what they were.
 */

/** So many values a ticket takes along (`CUSTOM_MAX` in `shared/src/ticket/context.rs`); what was told last counts. */
const CONTEXT_MAX = 20;

/** The lives of widgets whose shim has begun. */
const begun = new WeakSet();

/** What every shim is made of: the one function of ours, and what a page has told about its visitor. */
const desk = (vendor, life) => {
  const { Buoy } = window;
  const missed = new Set();
  let email, token, isAway;
  let context = {};

  /** A call of ours. What it refuses is not thrown into a page that never called us. */
  const ask = (...call) => {
    if (!life.signal.aborted) Buoy(...call).catch(() => {});
  };
  /** A call that has no meaning here is said once: somebody moves house and looks for what is missing. */
  const miss = (name) => {
    if (!missed.has(name)) console.info(`Buoy: ${vendor} "${name}" does nothing here`);
    missed.add(name);
  };
  /** Values that come with a ticket; null takes one back. */
  const note = (values) => {
    context = { ...context, ...values };
    const isTold = ([, value]) => ['string', 'number', 'boolean'].includes(typeof value);
    context = Object.fromEntries(Object.entries(context).filter(isTold).slice(-CONTEXT_MAX));
    ask('set', { context });
  };
  /** A token says who somebody is; the same again says nothing new. */
  const identify = (fresh) => {
    if (fresh && fresh !== token) ask('identify', fresh);
    token = fresh || token;
  };
  const logout = () => {
    ask('logout');
    if (Object.keys(context).length) ask('set', { context: {} });
    context = {};
    token = email = undefined;
  };
  const launch = (isShown) => ask(isShown ? 'show' : 'hide');
  /** Nobody is here any more, and the launcher goes; one that the page does not show is none to bring back. */
  const depart = () => {
    isAway ||= (document.querySelector('buoy-widget')?.dataset.launcher ?? 'auto') === 'auto';
    ask('close');
    logout();
    if (isAway) launch(false);
  };
  const arrive = () => {
    if (isAway) launch(true);
    isAway = false;
  };
  return {
    ask,
    miss,
    note,
    identify,
    logout,
    launch,
    depart,
    arrive,
    /** An address of mail without a signature is nobody's word; a form that a call opens begins with it. */
    know: (person) => (email = person?.email || email),
    write: (prefill) => ask('newTicket', { ...(email && { email }), ...prefill }),
    say: (locale) => locale && ask('set', { locale: String(locale).replace('_', '-') }),
  };
};

/** One function whose first words name what is wanted, as three of the four have it. */
const byName = (methods, miss) => (name, ...values) => {
  try {
    return methods[name] ? methods[name](...values) : miss(String(name));
  } catch (error) {
    console.info('Buoy: ' + error); // a value of another kind than the vendor's
  }
};

const intercom = ({ ask, miss, identify, know, write, say, launch, depart, arrive }, life) => {
  const own = document.querySelector('script[data-site][src*="/widget.js"]')?.dataset.launcher || 'auto';
  let selector;
  const update = (settings) => {
    const told = settings || {};
    if (told.user_hash && !told.intercom_user_jwt) miss('user_hash');
    know(told);
    say(told.language_override);
    identify(told.intercom_user_jwt);
    selector = told.custom_launcher_selector || selector;
    if (typeof told.hide_default_launcher === 'boolean') launch(!told.hide_default_launcher);
  };
  // Their selector joins the button of `data-launcher`, which toggles by itself; one that is no selector finds nothing. A
  // link leads to where help was without a messenger.
  const follow = (event) => {
    try {
      const found = selector && event.target.closest(selector);
      if (!found) return;
      if (found.closest('a')) event.preventDefault();
      if (!event.target.closest(own)) ask('toggle');
    } catch {}
  };
  document.addEventListener('click', follow, life);

  const methods = {
    __proto__: null,
    boot(settings) {
      arrive();
      update(settings);
    },
    update,
    shutdown: depart, // pages boot again for the next one, so the function stays
    show: () => ask('open'),
    hide: () => ask('close'),
    showSpace: (space) => ask('open', ['messages', 'tickets'].includes(space) ? 'tickets' : 'home'),
    showMessages: () => ask('open', 'tickets'),
    showNewMessage: (body) => write({ ...(body && { body }) }),
    showArticle: (slug) => ask('article', String(slug)),
    showTicket: (id) => ask('ticket', String(id)),
    showConversation: (id) => ask('ticket', String(id)),
    onShow: (act) => ask('on', 'open', act),
    onHide: (act) => ask('on', 'close', act),
    onUnreadCountChange: (act) => ask('on', 'unread', act),
  };
  methods.reattach_activator = () => {}; // a part of their tag, which nobody wrote
  const queue = window.Intercom?.q?.splice(0) || [];
  const Intercom = byName(methods, miss);
  const start = () => {
    Intercom('update', window.intercomSettings);
    for (const call of queue) Intercom(...call);
  };
  return [{ Intercom }, start];
};

const beacon = ({ ask, miss, note, know, logout, write, depart, arrive }) => {
  const EVENTS = { __proto__: null, 'email-sent': 'ticket-created' };
  for (const event of ['ready', 'open', 'close', 'search', 'article-viewed']) EVENTS[event] = event;
  const heard = []; // who hears of what: `off` may name the event alone
  let words;
  const listen = (how) => (event, act) => {
    if (!EVENTS[event]) return miss('on ' + event);
    heard.push([event, act]);
    ask(how, EVENTS[event], act);
  };
  /** The form, with what was prefilled since it was last shown. */
  const begin = () => {
    write(words);
    words = undefined;
  };
  const methods = {
    __proto__: null,
    // Pages of one document do this at each change of their route: what ends for good would not come back.
    init: arrive,
    destroy() {
      words = undefined;
      depart();
    },
    open: () => (words ? begin() : ask('open')),
    close: () => ask('close'),
    toggle: () => ask('toggle'),
    search: (text) => ask('search', String(text)),
    'ask-question': (text) => ask('search', String(text)),
    article: (slug) => ask('article', String(slug)),
    navigate(route) {
      const [path, query] = String(route).split('?');
      const text = new URLSearchParams(query).get('query');
      if (path.startsWith('/ask')) begin();
      else if (path.startsWith('/previous-messages')) ask('open', 'tickets');
      else if (path.startsWith('/article/')) ask('article', path.split('/')[2]);
      else if (text) ask('search', text);
      else ask('open', 'home');
    },
    identify(person) {
      if (person?.signature) miss('identify with a signature');
      know(person);
    },
    prefill(form) {
      know(form);
      const { subject, text } = form || {};
      if (subject || text) words = { ...(subject && { subject }), ...(text && { body: text }) };
    },
    reset: () => (words = undefined),
    logout() {
      words = undefined;
      logout();
    },
    'session-data': note,
    on: listen('on'),
    once: listen('once'),
    off(event, act) {
      const isMeant = ([name, one]) => name === event && (!act || one === act);
      for (const [name, one] of heard.filter(isMeant)) ask('off', EVENTS[name], one);
    },
  };
  const queue = window.Beacon?.readyQueue?.splice(0) || [];
  const Beacon = byName(methods, miss);
  return [{ Beacon }, () => queue.forEach(({ method, options, data }) => Beacon(method, options, data))];
};

const chatwoot = ({ ask, miss, note, logout, say, launch }) => {
  let isOpen = false;
  const tell = (event, detail) => window.dispatchEvent(new CustomEvent('chatwoot:' + event, { detail }));
  const colour = (theme) => ask('set', { theme });
  const forget = (name) => note({ [name]: null });
  const methods = {
    __proto__: null,
    toggle: (state) => ask(['open', 'close'].includes(state) ? state : 'toggle'),
    toggleBubbleVisibility: (state) => launch(state !== 'hide'),
    popoutChatWindow: () => ask('open'),
    setCustomAttributes: note,
    deleteCustomAttribute: forget,
    setConversationCustomAttributes: note,
    deleteConversationCustomAttribute: forget,
    setLocale: say,
    setColorScheme: colour,
    reset() {
      ask('close');
      logout();
    },
  };
  const run = () => {
    const { hideMessageBubble, useBrowserLanguage, locale, darkMode } = window.chatwootSettings || {};
    if (hideMessageBubble) launch(false);
    say(useBrowserLanguage ? navigator.language : locale);
    if (darkMode) colour(darkMode);
  };
  // An object and no function, so what does nothing has to be named.
  const call = byName(methods, miss);
  const $chatwoot = { hasLoaded: true };
  for (const name of [...Object.keys(methods), 'setUser', 'setLabel', 'removeLabel']) $chatwoot[name] = (...values) => call(name, ...values);
  Object.defineProperty($chatwoot, 'isOpen', { get: () => isOpen });
  const start = () => {
    run();
    ask('on', 'open', () => tell('opened', (isOpen = true)));
    ask('on', 'close', () => tell('closed', (isOpen = false)));
    ask('on', 'error', (reason) => tell('error', reason));
    ask('on', 'message', (message) => tell('on-message', message));
    ask('on', 'unread', (unreadMessageCount) => tell('on-unread-message-count-changed', { unreadMessageCount }));
    tell('ready');
  };
  return [{ $chatwoot, chatwootSDK: { run } }, start];
};

/** Whom a token names, as far as a page can read it. */
const subjectOf = (token) => JSON.parse(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))).sub;

const zendesk = ({ ask, miss, note, logout, say, launch }) => {
  let newest, asked; // the page's function, and the token that it gave last
  const fetchToken = () => (asked = new Promise((done) => newest?.(done)));
  /** Pages log in again with every view. The same person goes on writing; another one, and a token that says nobody, begins anew. */
  const login = async (act) => {
    const isFirst = !newest;
    newest = act;
    if (isFirst) return ask('identify', fetchToken);
    if (!asked) return; // nobody has asked who it is; now it is this one
    try {
      const [before, after] = await Promise.all([asked, new Promise((done) => act(done))]);
      if (subjectOf(before) === subjectOf(after)) return;
    } catch {}
    if (newest === act) ask('identify', fetchToken);
  };
  const methods = {
    __proto__: null,
    'messenger open': () => ask('open'),
    'messenger close': () => ask('close'),
    'messenger show': () => launch(true),
    'messenger hide': () => (ask('close'), launch(false)),
    'messenger loginUser'(act) {
      login(act); // asked again when a token has ended
    },
    'messenger logoutUser'() {
      newest = asked = undefined;
      logout();
    },
    'messenger:on open': (act) => ask('on', 'open', act),
    'messenger:on close': (act) => ask('on', 'close', act),
    'messenger:on unreadMessages': (act) => ask('on', 'unread', act),
    'messenger:set locale': say,
    'messenger:set conversationFields': (fields) => note(Object.fromEntries(fields.map(({ id, value }) => [id, value]))),
  };
  const { q, _ } = window.zE || {};
  const queue = (q || _)?.splice(0) || [];
  const call = byName(methods, miss);
  const zE = (about, name, ...values) => call(about + ' ' + name, ...values);
  return [{ zE }, () => queue.forEach((one) => zE(...one))];
};

const SHIMS = { __proto__: null, intercom, beacon, chatwoot, zendesk };

/** Puts the globals into the page until the widget's life ends. */
const lend = (globals, { signal }) => {
  for (const [name, value] of Object.entries(globals)) {
    const isNew = !(name in window);
    const before = window[name];
    window[name] = value;
    const giveBack = () => {
      if (window[name] !== value) return; // somebody else's by now
      if (isNew) delete window[name];
      else window[name] = before;
    };
    signal.addEventListener('abort', giveBack, { once: true });
  }
};

/**
 * Takes over the calls of a vendor's messenger, once in the life of a widget.
 *
 * @param {string} vendor `intercom`, `beacon`, `chatwoot` or `zendesk`
 * @param {AbortController} life of the widget
 */
export const begin = (vendor, life) => {
  if (life.signal.aborted || begun.has(life)) return;
  begun.add(life);
  if (!SHIMS[vendor]) return console.info(`Buoy: there is no data-shim "${vendor}"`);
  const [globals, start] = SHIMS[vendor](desk(vendor, life), life);
  lend(globals, life);
  start();
};
