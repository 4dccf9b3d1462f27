/**
 * @file What the script tag rarely needs, fetched when it is needed: help in a frame of our own, the count of what a visitor
 * who once wrote has not seen, "this affects me too" on a banner (I9), and the way to the calls that a page makes to another
 * messenger (`shims.js`).
 */
import { frame as makeFrame } from './frame.js';

/** Lets the calls that were meant for another messenger reach us; `name` is the tag's `data-shim`. Called often, it begins once. */
export const shim = async (name, life) => (await import(BUOY_SHIMS)).begin(name, life);

/** Help in a frame of our own, which hears what a panel would. */
export const frame = (config, ...details) => {
  const stands = makeFrame(config, ...details);
  if (!stands) return;
  const refresh = () => {
    stands.refresh();
    tellOver(config);
  };
  return { ...stands, refresh };
};

/**
 * Takes a token that the edge refused out of the page's storage, unless another has taken its place. The entry itself
 * stays, empty: its absence would say that the visitor logged out. A token names its site.
 */
const forget = (token) => {
  const key = `buoy:${token.split('.')[1]}:session`;
  try {
    if (JSON.parse(localStorage[key]).token === token) localStorage[key] = '';
  } catch {}
};

/** Tells how many answers the visitor of a kept session has not seen, unless so many are known. Throws once they logged out. */
export const countUnread = async (config, known, tell) => {
  const kept = () => JSON.parse(localStorage[`buoy:${config.site}:session`]).token;
  tellOver(config);
  // Whom the page names has another session, and who logged out elsewhere none: what was counted here is not theirs.
  if (config.identity || !localStorage[`buoy:${config.site}:session`]) return known ? tell(0) : 0;
  const token = kept();
  const headers = { authorization: 'Bearer ' + token };
  const answer = await fetch(config.origin + '/api/support/tickets/', { cache: 'no-cache', headers });
  if (answer.status === 401) forget(token); // nobody asks with it again
  if (!answer.ok) throw Error(String(answer.status));
  const { items } = await answer.json();
  const count = items.reduce((sum, ticket) => sum + ticket.unread, 0);
  if (count !== known && !config.identity && kept() === token) tell(count); // and the same visitor is here
};

/** The first pause before another attempt, in milliseconds; it doubles. */
const PAUSE_MS = 2_000;
/** Attempts until the page is left: a tunnel of an hour. */
const ATTEMPTS_MAX = 11;

/** A JSON request; throws what may be better in a moment, and leaves it to the caller what any other refusal means. */
const post = async (address, body, headers) => {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
  const answer = await fetch(address, init);
  if (answer.status >= 500 || answer.status === 429) throw Error(String(answer.status));
  return answer;
};

/** The visitor's session: the one that is kept, or a new one, which this act makes worth keeping. */
const session = async (config) => {
  const { origin, site } = config;
  const key = `buoy:${site}:session`;
  const identity = await named(config);
  const isNobody = identity === undefined;
  let kept;
  try {
    kept = isNobody && JSON.parse(localStorage[key]);
  } catch {}
  if (kept && new Date(kept.expires_at) > new Date()) return kept;
  const answer = await post(origin + '/api/support/session/', { site, identity });
  if (!answer.ok) throw Error(String(answer.status)); // a refusal is no session
  const made = await answer.json();
  try {
    if (isNobody) localStorage[key] = JSON.stringify(made);
  } catch {}
  return made;
};

/** Says it once, in the name of the visitor as they are known now; a token that has ended is renewed once. Gives whether it counts. */
const say = async (config, incident, headers) => {
  const address = `${config.origin}/api/support/incidents/${incident}/me_too/`;
  for (let isRenewed = false; ; isRenewed = true) {
    const { token } = await session(config);
    const answer = await post(address, {}, { ...headers, authorization: 'Bearer ' + token });
    if (answer.status !== 401) return answer.ok;
    forget(token);
    if (isRenewed) throw Error('401');
  }
};

/** What the page's storage has of us, for as long as it does not throw. */
const kept = ({ site }, name) => {
  try {
    return localStorage[`buoy:${site}:${name}`];
  } catch {}
};

const keep = ({ site }, name, value) => {
  try {
    if (value === undefined) delete localStorage[`buoy:${site}:${name}`];
    else localStorage[`buoy:${site}:${name}`] = value;
  } catch {}
};

/** Adds one id to a list of the last twenty; older ones are long over. */
const note = (config, name, id) => keep(config, name, ((kept(config, name) || '') + id).slice(-20 * id.length));

/** The incidents that this browser has told of, as `widget/talk` keeps them too; nobody is asked twice. */
const toldOf = (config) => kept(config, 'me_too') || '';

/** Words that the edge has not acknowledged; what is left of a visitor who logged out since then is nobody's to say. */
const pending = (config) => {
  if (kept(config, 'session') === undefined) keep(config, 'me_too_pending');
  try {
    return JSON.parse(kept(config, 'me_too_pending'));
  } catch {
    return [];
  }
};

const setPending = (config, words) => keep(config, 'me_too_pending', words.length ? JSON.stringify(words.slice(-20)) : undefined);
const settle = (config, { key }) => setPending(config, pending(config).filter((word) => word.key !== key));

/** What is being said by this page. */
const saying = new Map();

/**
 * Says on a banner when its news was written, and offers what can be done. Not in the script tag: the first date that a page
 * formats costs a slow phone a tenth of a second, and the banner need not wait for it.
 *
 * @param {Element} meta what stands under the news
 * @param {{site: string, origin: string, boot: string, identity?: unknown}} config
 * @param {{incident: string, update: string, updated_at: string, me_too: boolean, over: boolean}} news
 * @param {number} more incidents beside this one
 */
export const complete = (meta, config, { incident, update, updated_at, me_too, over }, more) => {
  pending(config).forEach((word) => sayUntilHeard(config, word));
  if (over && toldOf(config).includes(incident)) note(config, 'me_too_over', update);
  if (me_too) offer(meta.parentNode, config, incident);
  const at = new Date(updated_at).toLocaleString(JSON.parse(config.boot).locale, { dateStyle: 'short', timeStyle: 'short' });
  meta.textContent = at + (more ? ' +' + more : '');
  meta.style.color = '#bbb';
  meta.parentNode.parentNode.style.outline = '1px solid #0000'; // an edge where the visitor chose the colours of all pages
};

/** A banner is dark in both themes, so one look does. 24 px is the least that a finger finds. */
const LOOK =
  'display:inline-block;box-sizing:border-box;min-height:24px;margin-top:8px;padding:3px 12px;border:1px solid currentColor;border-radius:16px';

/**
 * Offers on a banner to say that its incident concerns the visitor too. Where a site does not hear strangers they are not
 * asked: it would be refused. Whom the page names later is asked then, since the banner is drawn again.
 *
 * @param {Element} place
 * @param {{site: string, origin: string, boot: string, identity?: unknown}} config
 * @param {string} incident
 */
export const offer = (place, config, incident) => {
  const { anonymous, texts } = JSON.parse(config.boot);
  const isSaid = () => (toldOf(config) + JSON.stringify([pending(config), ...saying.values()])).includes(incident);
  if ((anonymous === false && !config.identity) || isSaid()) return;
  const act = document.createElement('button');
  act.className = act.dataset.buoy = 'banner-me-too';
  act.textContent = texts.me_too;
  act.style.cssText = LOOK;
  act.onclick = () => meToo(act, config, incident);
  place.append(act);
};

/** Says it. Thanks at once; told under one key until the edge has heard it. */
const meToo = async (act, config, incident) => {
  act.textContent = JSON.parse(config.boot).texts.me_too_thanks;
  act.onclick = null;
  act.setAttribute('aria-disabled', 'true'); // not `disabled`, which would drop the focus
  act.style.borderColor = 'transparent'; // no button any more
  act.style.paddingInline = 0;
  const word = { incident, key: incident + Math.random().toString(36).slice(2) };
  saying.set(word.key, word);
  await keepWord(config, word);
  saying.delete(word.key);
  sayUntilHeard(config, word);
};

/** Whom the page names: nobody, somebody, or, while it cannot say or says it by no text, an error: that is not nobody. */
const named = async ({ identity }) => {
  if (!identity) return;
  const name = typeof identity === 'function' ? await identity() : identity;
  if (typeof name !== 'string') throw Error('identify');
  return name;
};

/** Whose word it is: as far as a page can read it, as in `panel.js`, and nothing of a stranger. */
const subjectOf = (token) => token && JSON.parse(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))).sub;

/** Keeps a word for the next page; where it cannot be told whose it is, as long as this one lives. */
const keepWord = async (config, word) => {
  try {
    Object.assign(word, { subject: subjectOf(await named(config)), isKept: true });
    // Its absence says that somebody logged out; a space, that there may be something to tell where the page names who is here.
    if (!kept(config, 'session')) keep(config, 'session', ' ');
    setPending(config, [...pending(config), word]);
    word.isKept = pending(config).some(({ key }) => key === word.key);
  } catch {
    word.isKept = false;
  }
};

/** Whether it is still to be said, and by whoever is here: a stranger may have signed in since then. */
const isOpen = async (config, { key, subject, isKept }) =>
  !isKept || (pending(config).some((word) => word.key === key) && (!subject || subject === subjectOf(await named(config))));

/** Says it under one key until the edge has heard it. A page that is left leaves it to the next. */
const sayUntilHeard = async (config, word) => {
  if (saying.has(word.key)) return;
  saying.set(word.key, word);
  const headers = { 'idempotency-key': word.key };
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    try {
      if (!(await isOpen(config, word))) break;
      if (await say(config, word.incident, headers)) note(config, 'me_too', word.incident);
      settle(config, word);
      break;
    } catch {
      await new Promise((done) => {
        setTimeout(done, PAUSE_MS * 2 ** attempt);
        addEventListener('online', done, { once: true });
      });
    }
  }
  saying.delete(word.key);
};

/** So long somebody reads that it is over, in milliseconds; as in `loader.js`. */
const OVER_MS = 10_000;

/**
 * Whoever said that an incident concerns them hears once that it is over, also in a page that was opened since: the loader
 * knows only what its own page has shown, so the banner is made here, of its style.
 */
const tellOver = (config) => {
  const { banners, texts } = JSON.parse(config.boot);
  const root = document.querySelector('buoy-widget')?.shadowRoot;
  const isNews = ({ incident, update, over }) => over && toldOf(config).includes(incident) && !(kept(config, 'me_too_over') || '').includes(update);
  const now = banners.find(isNews);
  if (!now || !root || root.querySelector('.banner')) return;
  note(config, 'me_too_over', now.update);
  const add = (parent, name, hook, text = '') => {
    const node = document.createElement(name);
    node.className = node.dataset.buoy = hook;
    node.textContent = text;
    parent.append(node);
    return node;
  };
  const banner = add(root, 'div', 'banner');
  banner.classList.add(now.status);
  banner.setAttribute('role', 'alert');
  const text = add(banner, 'div', 'text');
  text.dir = 'auto';
  add(text, 'div', 'title', texts[now.status] + ': ' + now.title);
  add(text, 'div', 'body', now.body);
  const cross = add(banner, 'button', 'banner-dismiss');
  cross.setAttribute('aria-label', texts.dismiss);
  cross.onclick = () => banner.remove();
  setTimeout(cross.onclick, OVER_MS);
};
