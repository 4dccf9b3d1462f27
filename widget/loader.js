/**
 * @file The script tag: launcher, incident banner and the function `Buoy`, in somebody else's page (W1, W2).
 *
 * Served as `/widget.js`, minified, at most 3 kB: all that a page pays for until somebody wants help. The panel (Leptos,
 * wasm) is fetched on the first intent and mounted into the same shadow root. Where the page's policy refuses wasm, or
 * the panel cannot be had, help opens in a frame of our own origin with a plain link under it (`aside.js`).
 *
 * It must not throw into the page, touch the page's styles, add a global beside `Buoy`, write a prototype, parse HTML,
 * or store anything before somebody acts. Every act has its inverse: `Buoy('destroy')`.
 *
 * Bytes decide the style. Settings are attributes of our element, so CSS acts on most of them; ink is computed by CSS;
 * what can wait is the panel's business. Only ASCII here, since a page decides how its scripts are decoded. The build wraps this file in a function, so nothing here is a global.
 */

// Taken now: what a page patches later does not concern us.
const { document: doc, fetch } = window;
/** As `Buoy.version` says it, and a site's policy that switches it off. */
const VERSION = '0.1.0';

/**
 * Launcher, banner, and the least that the panel's box needs; the panel's own sheet does the rest. The launcher's mark is a
 * lifebuoy in the accent itself, pushed to black or white by a filter and inverted: it can be seen on a page's accent, too.
 * Elements inherit their font: each would have to work one out from `--buoy-font`. Within a rule stands first what compresses best.
 */
const CSS = `:host{all:initial!important;font:14px/1.45 var(--buoy-font,system-ui,sans-serif)!important;position:fixed!important;z-index:2147483647!important;color-scheme:light dark}
@media print{:host{display:none!important}}
*{box-sizing:border-box}
button{all:unset;cursor:pointer}
:focus-visible{outline:2px solid #6af}
.banner,.launcher,.box{right:20px;position:fixed;box-shadow:0 2px 16px #0004}
.launcher:before{content:"";border-radius:50%;padding:16px;background:repeating-conic-gradient(from 20deg,currentColor 0 50deg,#0000 0 90deg);display:block;filter:grayscale(1) contrast(99) invert(1);mask:radial-gradient(#0000 34%,#000 36%)}
.banner{margin:auto;max-width:640px;left:20px;gap:16px;background:#222;top:max(20px,env(safe-area-inset-top));padding:16px;display:flex;color:#fff;border-radius:16px;align-items:start}
.badge{position:absolute;border-radius:16px;top:-4px;right:-4px;padding:0 6px;background:#c00;color:#fff}
.body{overflow:hidden;max-height:5.8em}
.title{font-weight:600}
.banner-dismiss:before{content:"\\d7";font-size:20px;padding:16px}
.banner:before{content:"";border:4px solid;border-radius:50%;margin:6px 0;color:#f66}
.box{border-radius:16px;z-index:1;bottom:88px;width:min(400px,100% - 40px);height:min(704px,100% - 100px);background:Canvas}
.text{overflow-wrap:anywhere;flex:1}
.launcher{background:currentColor;color:var(--buoy-accent,var(--accent));border-radius:50%;padding:14px;forced-color-adjust:none;bottom:max(20px,env(safe-area-inset-bottom))}
.minor:before{color:#fb4}
.resolved:before{color:#4d8}
:host([data-position=left]) :is(.launcher,.box){left:20px;right:auto}
:host([data-launcher]:not([data-launcher=auto])) .launcher,.badge:empty{display:none}`;

/**
 * @param {DOMStringMap} attributes of the tag
 * @param {string} origin where the tag came from: our API and assets
 */
function start(attributes, origin) {
  const life = new AbortController(); // its end removes our listeners, which read its signal as an option, and makes late answers too late
  const listeners = { __proto__: null };
  const host = doc.createElement('buoy-widget');
  const root = host.attachShadow({ mode: 'open' });
  const data = Object.assign(host.dataset, attributes); // our sheet looks at these
  const config = { origin, locale: doc.documentElement.lang || navigator.language, ...attributes }; // the panel at these
  const { site } = config;
  let isSettled, boot, given = 'BOOT', pollTimer; // what we know, when we ask again, and what came with the script (`edge/src/handlers/loader.rs`)
  let banner, bannerKey, goneTimer, opener, loading, panel;
  let shown = ''; // incidents and updates this page has told of
  let isOff; // switched off by the site
  let dismissed, again = '', unread = 0;
  let turn = 0; // of loading: what belongs to an earlier one is dropped
  let restUntil = -1; // the panel is not tried before: it failed too often, or is refused for good; below 0 nobody has looked yet

  /** Adds an element; `hook` is its class and its `data-buoy`, text stays text. */
  const add = (parent, name, hook, text) => {
    const node = doc.createElement(name);
    node.className = node.dataset.buoy = hook;
    node.textContent = text;
    parent.append(node);
    return node;
  };

  /** The keys are those of `shared/locales`; before the site's own texts are there, only the launcher speaks. */
  const say = (key) => boot?.texts[key] || 'Help';

  /** Each listener in a microtask of its own: what it throws is the page's, and does not stop us. */
  const tell = (event, act, detail) => {
    if (listeners[event].get(act)) listeners[event].delete(act); // it wanted to hear once
    Promise.resolve(detail).then(act);
  };

  const emit = (event, detail) => {
    if (event === 'unread') label((unread = detail));
    listeners[event]?.forEach((_, act) => tell(event, act, detail));
  };

  const on = (event, act, isOnce) => {
    (listeners[event] ||= new Map()).set(act, isOnce);
    if (event === 'unread' || (event === 'ready' && isSettled)) tell(event, act, unread);
  };

  /** What the page's storage has of us, for as long as it does not throw; with a value it is changed, with none of 0 removed. */
  const stored = (name, value, area = 'localStorage') => {
    try {
      area = window[area];
      name = `buoy:${site}:` + name;
      return value ? (area[name] = value) : value === 0 ? delete area[name] : area[name];
    } catch {}
  };

  const address = (path) => origin + path + '?' + new URLSearchParams({ site, locale: config.locale });

  /** Asks what there is to know; a failure leaves everything as it was until the next round. */
  const poll = async () => {
    const mine = turn;
    try {
      if (!(doc.hidden === true && isSettled)) { // a frame that a page calls `hidden` stands in the document's own place
        let text = given;
        given = '';
        // What came along is shown in the task that runs the script: the page has one frame to draw.
        if (!text.includes('"locale":"' + config.locale.slice(0, 2))) {
          // 5 s: a later answer is worth less than a launcher that stands. Browsers before 2022 wait as long as they like.
          const answer = await fetch(address('/api/support/boot/'), { signal: AbortSignal.timeout?.(5000) });
          text = answer.ok ? await answer.text() : ''; // a refusal is a failure too: nothing is no JSON
          if (mine !== turn) return life.signal.aborted || poll(); // too late: the page speaks another language by now
        }
        boot = JSON.parse(text);
        config.boot = text;
        // The kill switch: a pattern for versions. What stands is taken away, and comes back when it is switched on again.
        if ((isOff = boot.off && RegExp(boot.off).test(VERSION))) throw unload();
        if (data.shim) aside('shim', data.shim, life); // begins once
        host.style.setProperty('--accent', boot.accent);
        drawBanner();
        // Only visitors who once wrote have a session; for nobody else is anything asked.
        if (panel) panel.refresh(text);
        else if (stored('session') || unread) aside('countUnread', config, unread, (count) => panel || emit('unread', count));
      }
    } catch {}
    if (life.signal.aborted) return;
    clearTimeout(pollTimer);
    pollTimer = setTimeout(poll, (boot?.poll_seconds || 20) * 1000);
    // Outside the body, which frameworks swap and layouts count; not before we know, so that nothing changes its colour.
    label();
    if (isOff) host.remove();
    else if (!host.isConnected) doc.documentElement.append(host); // also where a page drew everything anew
    if (!isSettled) emit('ready', (isSettled = 1));
  };

  /**
   * The worst that concerns this page and is not dismissed; that something is over goes first, and leaves by itself.
   * `where` is a pattern for a list of four, see `shared/src/incident/target.rs`; left out, it lets every page through.
   */
  const drawBanner = () => {
    const news = (boot?.banners || []).filter(
      (one) =>
        (shown.includes(one.incident) || !one.over) &&
        RegExp(one.where).test([config.tier, config.plan, config.components, config.page || location.pathname]) &&
        !(dismissed ||= stored('dismissed') || '').includes(one.update), // looked up only where there is something to show
    );
    const now = news.find((one) => one.over) || news[0];
    const key = now?.update + news.length + !config.identity + config.locale;
    if (key === bannerKey) return;
    bannerKey = key;
    clearTimeout(goneTimer);
    banner?.remove();
    if (!now) return;
    const { update, incident, over } = now;
    banner = add(root, 'div', 'banner');
    banner.classList.add(over ? now.status : now.impact);
    banner.setAttribute('role', 'alert');
    const text = add(banner, 'div', 'text');
    text.dir = 'auto'; // its words may run another way than the page's
    add(text, 'button', 'title', say(now.status) + ': ' + now.title).onclick = () => open('home');
    add(text, 'div', 'body', now.body);
    const meta = add(text, 'div', 'meta');
    const cross = add(banner, 'button', 'banner-dismiss');
    cross.setAttribute('aria-label', say('dismiss'));
    const forget = () => {
      dismissed += update;
      drawBanner();
    };
    setTimeout(aside, 0, 'complete', meta, config, now, news.length - 1); // what need not stand at once
    cross.onclick = ({ detail }) => {
      forget();
      if (!detail) launcher.focus(); // by keyboard: the next key shall lead somewhere
      emit('banner-dismissed', { incident, update });
      stored('dismissed', dismissed.slice(-600)); // the last twenty; older ones are long over
    };
    if (over) goneTimer = setTimeout(forget, 10000); // long enough to be read
    if (!shown.includes(update)) emit('banner-shown', { incident, update });
    shown += incident + update;
  };

  /** Brings the launcher up to date. */
  const label = () => {
    launcher.setAttribute('aria-label', say(box.hidden ? 'open' : 'close') + (unread ? ` (${unread})` : ''));
    badge.textContent = unread > 99 ? '99+' : unread || '';
  };

  /** Fetches and mounts the panel. */
  const fetchPanel = async () => {
    const mine = turn;
    if (!boot) await poll();
    if (isOff) return;
    const { panel_js, panel_wasm, panel_css, texts } = boot.assets;
    const [module, ...parts] = await Promise.all([
      import(origin + panel_js + again),
      ...[panel_wasm, panel_css, texts[boot.locale] || texts[boot.locale.split('-')[0]] || texts.en].map((path) => fetch(origin + path)),
    ]);
    const mounted = await module.mount(box, config, parts, emit, close, frame); // see `widget/panel.js`
    if (mine !== turn) return mounted.destroy(); // its time had passed
    panel = mounted;
  };

  /** The panel, once; gives the error if it cannot be had, and the next call tries again. */
  const load = async () => {
    try {
      if (restUntil < 0) restUntil = stored('rest', '', 'sessionStorage');
      if (restUntil > Date.now() ? !box.firstChild : await (loading ||= fetchPanel())) throw Error('rests');
    } catch (error) {
      loading = 0;
      again += '#'; // browsers before 2026 never ask twice for a module that did not come, by the same name
      return error;
    }
  };

  /** What is rarely needed; it does not throw. */
  const aside = async (name, ...details) => {
    try {
      return await (await import(origin + boot.assets.aside))[name](...details);
    } catch {}
  };

  /** Help without wasm: our own page in a frame, and a link for where frames are refused too. */
  const frame = async (reason) => {
    console.warn('Buoy ' + reason);
    emit('error', reason);
    panel = null;
    box.replaceChildren();
    const link = add(add(box, 'div', 'panel'), 'a', 'link', say('open'));
    link.href = address('/panel');
    link.target = '_blank';
    const it = await aside('frame', config, link, reason, emit);
    panel ||= it; // it hears what a panel would
    restUntil = it?.until || reason.length / 0; // a sentence, not an Error: refused for good, and what is typed there stays; a lost line may come back
  };

  const open = async (...wish) => {
    if (isOff) return;
    if (box.hidden) {
      opener = root.activeElement || doc.activeElement;
      box.hidden = false; // an empty box until the panel is there
      label();
      emit('open');
    }
    const error = await load();
    if (error) await frame(error);
    if (!box.hidden) panel?.open(wish);
  };

  const close = () => {
    if (box.hidden) return;
    box.hidden = true;
    panel?.close();
    label();
    (opener?.isConnected && opener !== doc.body ? opener : launcher).focus();
    emit('close');
  };

  /** Takes the panel away; the next opening brings it back. */
  const unload = () => {
    close();
    panel?.destroy();
    turn++;
    panel = loading = restUntil = null;
  };

  const show = (name) => (value) => open(name, value);
  const toggle = () => (box.hidden ? open : close)();
  const identify = (token) => {
    config.identity = token; // also for a panel that is still to come
    panel?.identify(token);
  };

  const methods = {
    __proto__: null,
    toggle,
    open,
    identify,
    article: show('article'),
    once: (event, act) => on(event, act, 1),
    search: show('search'),
    version: () => VERSION,
    show: () => (data.launcher = 'auto'),
    ticket: show('ticket'),
    on,
    close,
    off: (event, act) => listeners[event]?.delete(act),
    hide: () => (data.launcher = 'none'),
    newTicket: show('new'),
    logout() {
      identify(0); // nobody from now on; without a word nothing was said about a stranger
      emit('unread', 0);
      stored('session', 0);
      stored('outbox', 0);
    },
    set(wish) {
      const before = config.locale;
      data.theme = Object.assign(config, wish).theme;
      if ((config.locale ||= before) === before) drawBanner();
      else poll((boot = unload())); // what opens next waits for the new texts
    },
    destroy() {
      life.abort();
      clearTimeout(pollTimer);
      clearTimeout(goneTimer);
      unload();
      host.remove();
      delete window.Buoy;
    },
  };

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS + `:host{z-index:${data.zIndex}!important}`); // a rule without a number does not count
  root.adoptedStyleSheets = [sheet];
  const launcher = add(root, 'button', 'launcher');
  const badge = add(launcher, 'span', 'badge');
  const box = add(root, 'div', 'box');
  box.hidden = true;

  root.querySelector(config.launcher); // a wrong selector is said now, before anything listens
  launcher.onclick = toggle;
  launcher.onpointerenter = launcher.onfocus = load; // a finger enters, too
  doc.addEventListener('visibilitychange', poll, life);
  addEventListener('online', poll, life);
  window.navigation?.addEventListener('currententrychange', drawBanner, life); // another page of the application
  // The host's own button, wherever its framework draws it and however often; `auto` and `none` are no elements.
  doc.addEventListener('click', ({ target }) => target.closest?.(config.launcher) && toggle(), life);

  const Buoy = async (method, ...values) => {
    if (!methods[method]) throw Error('Buoy ' + method);
    return methods[method](...values);
  };
  Buoy.version = VERSION;
  const early = window.Buoy?.q;
  window.Buoy = Buoy;
  early?.forEach((call) => Buoy(...call).catch(console.warn)); // before anything is told
  if (given) poll();
  if (stored('outbox')) load(); // what was written and is not sent yet
}

try {
  // Not `currentScript`: a form field of that name would shadow it, and others say `data-site`, too.
  const tag = doc.querySelector('script[data-site][src*="/widget.js"]');
  if (!window.Buoy?.version) start(tag.dataset, new URL(tag.src).origin);
} catch (error) {
  console.warn(error);
}
