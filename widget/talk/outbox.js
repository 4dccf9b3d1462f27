/**
 * @file Everything that a visitor sends goes through here (W4, W5): it is kept before it is sent, sent under one idempotency
 * key until the edge acknowledges it, and survives a reload, a crash, a tunnel and a restart of the edge.
 *
 * Of several tabs one sends (Web Locks); the others hear of it (BroadcastChannel). Within a thread the order is kept: what
 * comes later waits. Nothing is given up silently: what is refused stays, marked, until the visitor decides.
 */
import { merged } from './merge.js';
import { makeOwner } from './owner.js';
import { hasRoom } from './room.js';
import { alone, newKey, openStore } from './store.js';
import { tellHost } from './told.js';
import { sendFiles } from './upload.js';
import { waitingBar } from './waiting.js';

/** The edge knows an answered key for seven days. What is older might be sent twice, so the visitor is asked. */
const AGE_MS_MAX = 6 * 86_400_000;
/** The first pause after a failure, and the longest; it doubles, with chance in it. */
const PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 60_000;

/**
 * @param {ReturnType<import('./kit.js').makeKit>} kit
 * @param {{retry: (key: string) => void, discard: (key: string) => void, rewrite: (key: string) => void, refused: (text: string) => void, sent: () => void, concerned: (path: string) => void}} acts
 *   what a visitor may do with what was refused; who hears that a ticket was, or needs no form any more, or that a word counts
 */
export const makeOutbox = (kit, acts) => {
  const { panel, config } = kit;
  const name = `buoy:${config.site}`;
  const store = openStore(name);
  const { visitor, isSomebody, isNobodys, isOurs, isUnknown, now, adopt, stays } = makeOwner(kit, store);
  const channel = window.BroadcastChannel && new BroadcastChannel(name);
  const followers = new Map(); // who hears how far what goes to an address is, by that address
  let entries = [];
  let lost = []; // what waited here and is not kept any more, until its form has taken it back
  let pauseMs = PAUSE_MS;
  let timer, busy, isWanted;

  /** The panel may go while something is on its way; from then on nothing is told it. */
  const isGone = () => kit.life.signal.aborted;

  /** Whether it is still to be sent: its writer may have logged out, or another tab settled it. */
  const isHere = (entry) => entries.includes(entry);

  /**
   * Keeps an entry, without what only this tab knows of it. What was kept and is gone stays gone: somebody logged out in
   * another tab, and what one stranger wrote is not for the next to send.
   */
  const keep = async (entry) => {
    if (!isHere(entry) || (entry.isKept && !store.isMarked())) return;
    const { isNew, isLate, isOut, dueAt, ...kept } = entry;
    const isStored = await store.put({ ...kept, isKept: true });
    if (entry.isNamed !== kept.isNamed) return; // its writer signed in meanwhile, which took it out of the store
    entry.isKept = isStored;
    tellKept(entry);
  };

  /** From now on a reload finds it here: the form need not keep its draft for one. */
  const tellKept = ({ isKept, about, key, ticket }) => {
    if (!isKept || isGone()) return;
    panel.hear('kept', key, ticket, '');
    if (about === 'ticket') acts.sent();
  };

  const bar = waitingBar(kit, () => entries.filter(isOurs), acts);

  /** Another panel may stand in the box by now; it has a bar of its own. */
  const draw = () => isGone() || bar.draw();

  /** Tells the panel how far an entry is; a message stands in its thread with that. */
  const tell = (entry) => {
    if (isGone() || !isHere(entry)) return;
    const { key, about, ticket, body, state, path } = entry;
    followers.get(path)?.(state);
    if (about === 'message' || about === 'ticket') panel.hear(state, key, ticket, about === 'message' ? body.body : '');
    draw();
  };

  /** Tells by the channel the other tabs, then this one, what the edge answered. */
  const hear = (entry, about, text) => {
    const heard = [about, entry.key, entry.ticket, text];
    channel?.postMessage(heard);
    followers.get(entry.path)?.(about);
    if (isGone()) tellHost(kit, about, entry.ticket, text);
    else panel.hear(...heard);
  };

  /** The others still hear of what was on its way when the panel went. */
  const hangUp = () => isGone() && !busy && channel?.close();

  if (channel) {
    channel.onmessage = ({ data }) => {
      if (isGone()) return;
      const [about, key, ...rest] = data;
      followers.get(find(key)?.path)?.(about);
      entries = entries.filter((entry) => entry.key !== key);
      const isTheirs = /^(ticket|message)/.test(about); // who sent it tells its host
      panel.hear(isTheirs ? about.split(' ')[0] + ' elsewhere' : about, key, ...rest);
      draw();
    };
    kit.life.signal.addEventListener('abort', hangUp);
  }

  const finish = async (entry) => {
    [entries, lost] = [entries, lost].map((all) => all.filter((one) => one !== entry));
    await store.remove(entry.key);
    draw();
  };

  const refuse = async (entry, about, reason) => {
    // A word on a ticket that has changed meanwhile: the thread is shown as it is now, and asks again if it should.
    if (['state', 'me_too', 'survey', 'vote'].includes(entry.about)) {
      await finish(entry);
      return hear(entry, 'refused', reason);
    }
    Object.assign(entry, { state: 'failed', reason: about, isLate: false });
    if (about === 'unsure') {
      tell(entry); // whose it is now is not known yet; the bar and its form have it
      wake(); // it is kept once that is known
      return;
    }
    await keep(entry);
    // In one go with what follows, which puts what was sent back into the form: what somebody corrects comes after it.
    if (entry.about === 'ticket') acts.refused(reason);
    tell(entry);
    hear(entry, 'refused', reason);
  };

  /** It goes out later; gives in how many seconds at least. Told when it begins to wait, and for another reason than before. */
  const wait = (entry, isHeld, seconds) => {
    const state = isHeld && navigator.onLine !== false ? 'held' : 'waiting';
    const isNews = !entry.isLate || entry.state !== state;
    Object.assign(entry, { state, isLate: true, isOut: false, dueAt: Date.now() + seconds * 1000 });
    if (isNews) tell(entry);
    else draw(); // who is here is refused by now, perhaps
    return seconds;
  };

  /**
   * One attempt. Gives nothing when the entry is settled, else the seconds to wait at least. After the first that failed the
   * panel has been told that it waits; the next ones are nothing to announce.
   */
  const deliver = async (entry) => {
    if (!entry.isLate) {
      entry.state = 'sending';
      tell(entry);
    }
    const { isTried } = entry; // by an earlier attempt
    let answer, wasNamed, isHeld;
    try {
      const check = () => {
        if (!isNobodys(entry)) entry.owner ||= visitor();
        if (!isHere(entry) || !isOurs(entry)) throw Error('somebody else is here');
        wasNamed = isSomebody();
        if (entry.isNamed && !entry.isKept) keep(entry); // now it is known whose it is
      };
      const last = () => {
        check();
        entry.isOut = navigator.onLine !== false;
        entry.isTried ||= entry.isOut;
        if (entry.about === 'ticket') keep(entry); // from now on it may be there, whatever becomes of the answer
      };
      const refused = await sendFiles(kit, entry, check, () => keep(entry));
      if (!isHere(entry)) return; // a session for it would be one of whoever comes next
      if (refused) return refuse(entry, refused, 'file');
      const attachments = entry.files.map((file) => file.id);
      const body = JSON.stringify(attachments.length ? { ...entry.body, attachments } : entry.body);
      const headers = { 'content-type': 'application/json', 'idempotency-key': entry.key };
      answer = await (isNobodys(entry) ? kit.request : kit.call)(entry.path, { method: entry.method || 'POST', headers, body }, last);
      const text = await answer.text();
      if (!isHere(entry)) return;
      if (answer.ok) {
        // Cut short it is no answer (a browser takes one that ends within its head for whole): it is asked for again.
        if (answer.status !== 204) JSON.parse(text);
        await finish(entry);
        if (entry.about === 'ticket') acts.sent();
        if (entry.about === 'me_too') acts.concerned(entry.path);
        hear(entry, entry.about === 'ticket' && wasNamed !== isSomebody() ? 'ticket before' : entry.about, text);
        return;
      }
      const isLater = answer.status >= 500 || [401, 408, 429].includes(answer.status);
      if (!isLater) {
        // A file waits a day for its message: what was sent before that is sent again, once.
        if (/"attachments"/.test(text) && !entry.isRenewed && entry.files.some((file) => file.blob)) {
          entry.isRenewed = true;
          entry.files.forEach((file) => file.blob && delete file.id);
          await keep(entry);
          return 0;
        }
        return refuse(entry, answer.status === 404 ? 'gone' : 'refused', text);
      }
      isHeld = true;
    } catch (error) {
      isHeld = error?.isHeld;
    }
    // It was not taken, which says nothing of an earlier attempt; what a proxy says of it does not even say that.
    if (isHeld && ![408, 500, 502, 504].includes(answer?.status)) entry.isTried = isTried;
    if (entry.about === 'ticket' && entry.isTried && wasNamed === false && isSomebody() && isHere(entry)) return refuse(entry, 'unsure', '');
    return wait(entry, isHeld, Number(answer?.headers.get('retry-after')) || 0);
  };

  /**
   * Takes in what is kept. What was settled elsewhere was sent there, which is told by the channel, or went with a log-out
   * or with the site's data, and then nothing is promised of it any more.
   */
  const merge = async () => {
    [entries, lost] = merged(await store.all(), entries);
    if (!lost.length || isGone()) return;
    for (const { key, ticket, path } of lost) {
      followers.get(path)?.('');
      panel.hear('lost', key, ticket, '');
    }
    draw();
  };

  /** Sends what waits, each thread in its order. Gives whether something is left, and the longest pause that was asked for. */
  const round = async () => {
    await merge();
    const isOpen = await isUnknown(entries, tell);
    const blocked = new Map(); // threads, by what stands first in them and waits
    let seconds = 0;
    for (const entry of [...entries]) {
      const thread = entry.ticket || entry.lane || entry.key;
      if (isGone()) return;
      if (!isOurs(entry)) continue;
      if (entry.state === 'failed') {
        // What was refused has no place in the order any more. Whose it is was perhaps not known yet.
        if (entry.isNamed && !entry.isKept && (entry.owner ||= visitor())) await keep(entry);
        continue;
      }
      const first = blocked.get(thread);
      if (first) {
        if (first.isLate && entry.about === 'message') wait(entry, first.state === 'held', (first.dueAt - Date.now()) / 1000);
        continue;
      }
      if (Date.now() - entry.at > AGE_MS_MAX) {
        await refuse(entry, 'old', '');
        continue;
      }
      const left = await deliver(entry);
      if (left == null) pauseMs = PAUSE_MS;
      else blocked.set(thread, entry);
      seconds = Math.max(seconds, left || 0);
    }
    if (isGone()) return;
    return (isOpen || entries.some((entry) => isOurs(entry) && entry.state !== 'failed')) && seconds;
  };

  const wake = async () => {
    clearTimeout(timer);
    if (busy) return (isWanted = true);
    busy = true;
    let left;
    try {
      do {
        isWanted = false;
        left = await alone(name + ':outbox', round);
      } while (isWanted);
    } finally {
      busy = false;
      hangUp();
    }
    if (left === false || left === undefined || isGone()) return;
    timer = setTimeout(wake, Math.max(left * 1000, pauseMs * (0.5 + Math.random())));
    pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX);
  };

  const find = (key) => [...entries, ...lost].find((entry) => entry.key === key);

  /** Takes an entry in, under its key or a new one; it is kept before anything is sent. Gives whether there was room for it. */
  const add = async (given) => {
    // Later than all that waits, whatever the clock does: this is the order in which things are sent.
    const at = Math.max(Date.now(), ...entries.map((one) => one.at + 1));
    const entry = { key: newKey(), files: [], ticket: '', ...given, at, ...now(given), state: 'sending', isNew: true };
    if (!hasRoom(kit, entries, entry.files)) {
      bar.complain(kit.say('outbox.full'));
      panel.hear('full', entry.key, entry.ticket, entry.body.body || '');
      return false;
    }
    entries.push(entry);
    // Whoever the host vouches for is known by a session; until there is one, nothing of theirs is kept on the machine.
    if (entry.owner || !entry.isNamed) await keep(entry);
    tell(entry);
    wake();
    return true;
  };

  const retry = async (key) => {
    const entry = find(key);
    if (!entry) return;
    if (entry.reason === 'old') {
      const fresh = { ...entry, key: newKey(), isKept: false, reason: undefined }; // kept anew: the old one's row goes
      await discard(key);
      return add(fresh);
    }
    entry.state = 'sending';
    tell(entry);
    tellKept(entry);
    wake();
  };

  const discard = async (key) => {
    const entry = find(key);
    if (entry) await finish(entry);
    if (!isGone()) panel.hear('discarded', key, entry?.ticket || '', '');
  };

  /**
   * Another visitor is here, or the same with a fresh token, or by name for the first time. A message stays with its thread,
   * which is the stranger's; new tickets go on with their writer.
   */
  const change = (isSigningIn) => {
    const goesOn = ({ about }) => isSigningIn && about === 'ticket';
    entries.filter((entry) => goesOn(entry) && !entry.isNamed).forEach(adopt);
    const kept = entries.filter((entry) => goesOn(entry) || stays(entry));
    entries.filter((entry) => !kept.includes(entry) || !isOurs(entry)).forEach(({ path }) => followers.get(path)?.(''));
    entries = kept;
    kept.filter((entry) => goesOn(entry) && entry.isTried && !entry.isOut).forEach((entry) => refuse(entry, 'unsure', ''));
    draw();
    wake();
  };

  const clear = async () => {
    entries = [];
    draw();
    await store.clear();
  };

  /** What an earlier page left is shown where it belongs, then sent. */
  const restore = async () => {
    await store.tidy();
    if (!store.isMarked() || isGone()) return;
    await merge();
    entries.filter(isOurs).forEach(tell);
    wake();
  };

  kit.on(window, 'online', () => wake((pauseMs = PAUSE_MS)));
  // Another tab took everything away: nothing may be left for this one to promise.
  kit.on(window, 'storage', ({ key }) => (!key || key === name + ':outbox') && entries.length && wake());
  restore();
  /** Whether something of this kind is still to be sent. */
  const waits = (about) => entries.some((entry) => entry.about === about);
  /** How far what goes to an address is, if anything does; what follows is told from now on. */
  const follow = (path, hears) => followers.set(path, hears) && entries.find((entry) => entry.path === path)?.state;

  return { add, change, find, follow, waits, retry, discard, clear };
};
