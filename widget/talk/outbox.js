/**
 * @file Everything that a visitor sends goes through here (W4, W5): it is kept before it is sent, sent under one idempotency
 * key until the edge acknowledges it, and survives a reload, a crash, a tunnel and a restart of the edge.
 *
 * Of several tabs one sends (Web Locks); the others hear of it (BroadcastChannel). Within a thread the order is kept: what
 * comes later waits. Nothing is given up silently: what is refused stays, marked, until the visitor decides.
 */
import { openStore } from './store.js';
import { sendFiles } from './upload.js';
import { waitingBar } from './waiting.js';

/** Entries that wait at once; far above what a person writes in a tunnel. */
const ENTRIES_MAX = 50;
/** Bytes of files that wait at once: what a phone lends a page without asking. */
const BYTES_MAX = 50_000_000;
/** The edge knows an answered key for seven days. What is older might be sent twice, so the visitor is asked. */
const AGE_MS_MAX = 6 * 86_400_000;
/** The first pause after a failure, and the longest; it doubles, with chance in it. */
const PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 60_000;

/**
 * @param {ReturnType<import('./kit.js').makeKit>} kit
 * @param {{refused: (text: string) => void, fill: (fields: object) => void}} fields hear of tickets that were refused, and are written again
 */
export const makeOutbox = (kit, fields) => {
  const { panel, config } = kit;
  const name = `buoy:${config.site}`;
  const store = openStore(name);
  const channel = window.BroadcastChannel && new BroadcastChannel(name);
  let entries = [];
  let pauseMs = PAUSE_MS;
  let timer, busy, isWanted;

  /** Whose it is: what one visitor wrote is not sent in another's name. */
  const isOurs = ({ owner, isNamed }) => (owner ? owner === panel.visitor() : isNamed === Boolean(config.identity));

  const keep = async (entry) => {
    entry.isKept = true;
    entry.isKept = await store.put(entry);
  };

  const bar = waitingBar(kit, () => entries.filter(isOurs), { retry: (key) => retry(key), discard: (key) => discard(key), edit: (body) => fields.fill(body.fields) });

  /** Tells the panel how far an entry is; a message stands in its thread with that. */
  const tell = (entry) => {
    const { key, about, ticket, body, state } = entry;
    if (about === 'message' || about === 'ticket') panel.hear(state, key, ticket, about === 'message' ? body.body : '');
    bar.draw();
  };

  /** Tells this tab, and by the channel the others, what the edge answered. */
  const hear = (entry, about, text) => {
    const heard = [about, entry.key, entry.ticket, text];
    panel.hear(...heard);
    channel?.postMessage(heard);
  };

  if (channel) {
    channel.onmessage = ({ data }) => {
      entries = entries.filter((entry) => entry.key !== data[1]);
      panel.hear(...data);
      bar.draw();
    };
    kit.life.signal.addEventListener('abort', () => channel.close());
  }

  const finish = async (entry) => {
    entries = entries.filter((one) => one !== entry);
    await store.remove(entry.key);
    await store.tidy();
    bar.draw();
  };

  const refuse = async (entry, about, reason) => {
    // A word on a ticket that has changed meanwhile: the thread is shown as it is now, and asks again if it should.
    if (['state', 'me_too', 'survey'].includes(entry.about)) {
      await finish(entry);
      return hear(entry, 'refused', reason);
    }
    if (entry.about === 'ticket') fields.refused(reason);
    entry.state = 'failed';
    entry.reason = about;
    await keep(entry);
    tell(entry);
    hear(entry, 'refused', reason);
  };

  /** One attempt. Gives nothing when the entry is settled, else the seconds to wait at least. */
  const deliver = async (entry) => {
    entry.state = 'sending';
    tell(entry);
    let answer;
    try {
      const check = () => {
        entry.owner ||= panel.visitor();
        if (!isOurs(entry)) throw Error('somebody else is here');
      };
      const refused = await sendFiles(kit, entry, check, () => keep(entry));
      if (refused) return refuse(entry, refused, '');
      const attachments = entry.files.map((file) => file.id);
      const body = JSON.stringify(attachments.length ? { ...entry.body, attachments } : entry.body);
      const headers = { 'content-type': 'application/json', 'idempotency-key': entry.key };
      answer = await kit.call(entry.path, { method: 'POST', headers, body }, check);
      const text = await answer.text();
      if (answer.ok) {
        await finish(entry);
        hear(entry, entry.about, text);
        return;
      }
      const isLater = answer.status >= 500 || [401, 408, 429].includes(answer.status);
      if (!isLater) {
        // A file waits a day for its message: what was sent before that is sent again, once.
        if (/"attachments"/.test(text) && !entry.isRenewed && entry.files.some((file) => file.blob)) {
          entry.isRenewed = true;
          entry.files.forEach((file) => file.blob && delete file.id);
          return 0;
        }
        return refuse(entry, 'refused', text);
      }
    } catch {}
    entry.state = 'waiting';
    tell(entry);
    return Number(answer?.headers.get('retry-after')) || 0;
  };

  /** What is kept, by whichever tab, with what only this one knows. */
  const merge = async () => {
    const kept = await store.all();
    const known = new Map(entries.map((entry) => [entry.key, entry]));
    const isElsewhere = ({ key }) => kept.some((entry) => entry.key === key);
    // Ours that is not in the table: added this moment, or never to be kept. Anything else another tab has settled.
    const own = entries.filter((entry) => !isElsewhere(entry) && (entry.isNew || !entry.isKept));
    entries = [...kept.map((entry) => known.get(entry.key) || entry), ...own].sort((one, other) => one.at - other.at);
    kept.forEach(({ key }) => known.has(key) && delete known.get(key).isNew);
  };

  /** Sends what waits, each thread in its order. Gives whether something is left, and the longest pause that was asked for. */
  const round = async () => {
    await merge();
    const blocked = new Set();
    let seconds = 0;
    for (const entry of [...entries]) {
      const thread = entry.ticket || entry.key;
      if (kit.life.signal.aborted) return;
      if (!isOurs(entry)) continue;
      if (entry.state === 'failed' || blocked.has(thread)) {
        blocked.add(thread);
        continue;
      }
      if (Date.now() - entry.at > AGE_MS_MAX) {
        await refuse(entry, 'old', '');
        continue;
      }
      const left = await deliver(entry);
      if (left == null) pauseMs = PAUSE_MS;
      else blocked.add(thread);
      seconds = Math.max(seconds, left || 0);
    }
    return entries.some((entry) => isOurs(entry) && entry.state !== 'failed') && seconds;
  };

  const wake = async () => {
    clearTimeout(timer);
    if (busy) return (isWanted = true);
    busy = true;
    let left;
    try {
      do {
        isWanted = false;
        const { locks } = navigator;
        left = await (locks ? locks.request(name + ':outbox', round) : round());
      } while (isWanted);
    } finally {
      busy = false;
    }
    if (left === false || left === undefined || kit.life.signal.aborted) return;
    timer = setTimeout(wake, Math.max(left * 1000, pauseMs * (0.5 + Math.random())));
    pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX);
  };

  /** Takes an entry in; it is kept before anything is sent. */
  const add = async (given) => {
    if (entries.some(({ key }) => key === given.key)) return retry(given.key);
    // Later than all that waits, whatever the clock does: this is the order in which things are sent.
    const at = Math.max(Date.now(), ...entries.map((one) => one.at + 1));
    const entry = { files: [], ticket: '', ...given, at, owner: panel.visitor(), isNamed: Boolean(config.identity), state: 'sending', isNew: true };
    const bytes = [...entries, entry].flatMap(({ files }) => files).reduce((sum, { blob }) => sum + (blob?.size || 0), 0);
    if (entries.length >= ENTRIES_MAX || bytes > BYTES_MAX) {
      bar.complain(kit.say('outbox.full'));
      return panel.hear('failed', entry.key, entry.ticket, entry.body.body || '');
    }
    // Of a visitor who logged out while there was no panel nothing is left.
    if (!entries.length) await store.clear(false);
    entries.push(entry);
    // Whoever the host vouches for is known by a session; until there is one, nothing of theirs is kept on the machine.
    if (entry.owner || !entry.isNamed) await keep(entry);
    tell(entry);
    wake();
  };

  const retry = async (key) => {
    const entry = entries.find((one) => one.key === key);
    if (!entry) return;
    if (entry.reason === 'old') {
      const fresh = { ...entry, key: crypto.randomUUID() };
      await discard(key);
      return add(fresh);
    }
    entry.state = 'sending';
    tell(entry);
    wake();
  };

  const discard = async (key) => {
    const entry = entries.find((one) => one.key === key);
    if (entry) await finish(entry);
    panel.hear('discarded', key, entry?.ticket || '', '');
  };

  /** Another visitor is here: what cannot be told apart from theirs is not kept for the one before. */
  const change = () => {
    entries = entries.filter((entry) => entry.owner);
    bar.draw();
    wake();
  };

  const clear = async () => {
    entries = [];
    await store.clear(true);
    bar.draw();
  };

  /** What an earlier page left is shown where it belongs, then sent. */
  const restore = async () => {
    if (!store.hasMark()) return;
    await merge();
    entries.filter(isOurs).forEach(tell);
    wake();
  };

  kit.on(window, 'online', () => {
    pauseMs = PAUSE_MS;
    wake();
  });
  restore();
  return { add, change, retry, discard, clear };
};
