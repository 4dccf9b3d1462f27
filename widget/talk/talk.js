/**
 * @file What the panel fetches when somebody writes to the team or reads what they wrote: the outbox, files, and what is
 * asked after an answer. The first view needs none of it, so it is no part of the panel's own module.
 *
 * Plain JavaScript: it moves elements, files and requests, which the browser does by itself. It must not decide what a
 * ticket may do; that is `shared`, and the panel asks it.
 */
import { attachments } from './attach.js';
import { diagnostics } from './diagnostics.js';
import { ending } from './ending.js';
import { makeEvents } from './events.js';
import { categoryFields } from './fields.js';
import { files } from './files.js';
import { hints } from './hints.js';
import { known, meToo, noteMeToo } from './known.js';
import { makeKit } from './kit.js';
import { makeOutbox } from './outbox.js';
import { reasons, vote } from './reasons.js';
import { rich } from './rich.js';
import { exitSurvey } from './survey.js';
import { makeTyping } from './typing.js';
import css from './talk.css';

export { makeAsk } from './ask.js';
export { makeHome } from './home.js';

/** The kind of problem that the edge answers with, too; the panel leads to the fields that it names. */
const INVALID = 'urn:buoy:problem:invalid-input';

/**
 * Begins for one mounted panel.
 *
 * @param {object} tools `box`, `config`, `panel` (its handle), `tell`, `files` (addresses), `words` (by key), `subjectOf`, `compiled` (what came, as a module that is known to be ours)
 * @returns {Record<string, Function>} what the panel calls by name
 */
export const begin = (tools) => {
  const kit = makeKit(tools);
  const fields = categoryFields(kit);
  const held = attachments(kit);
  const along = diagnostics(kit);
  const events = makeEvents(kit);
  const typing = makeTyping(kit);
  const outbox = makeOutbox(kit, {
    retry: (key) => outbox.retry(key),
    discard: (key) => outbox.discard(key),
    rewrite: (key) => rewrite(key),
    refused: fields.refused,
    sent: fields.sent,
    concerned: (path) => noteMeToo(kit, path),
  });
  /** What was to be sent is written anew, in the form: its fields and files go there, and the file that was refused is named. */
  const rewrite = (key) => {
    const entry = outbox.find(key);
    if (entry?.about === 'ticket') fields.fill(entry.body.fields);
    if (entry) held.give('', entry.files, entry.reason);
    outbox.discard(key);
  };
  /** What the form holds besides its words goes, as those do. */
  const forget = () => {
    held.take('');
    along.take(); // what is to go along is asked again
    fields.clear();
  };
  const root = tools.box.getRootNode();
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets.slice(0, 3), sheet];
  return {
    wake() {},
    /** A new ticket (no `ticket`) or a message; `body` is its draft as JSON. */
    async send(key, ticket, body) {
      // Another attempt has its files; what was attached since then belongs to what is written next.
      if (outbox.find(key)) return outbox.retry(key);
      const place = ticket ? `tickets/${ticket}/add_message/` : 'tickets/';
      const draft = JSON.parse(body);
      if (!ticket) {
        const wrong = fields.mark();
        if (wrong.length) return tools.panel.hear('refused', key, '', JSON.stringify({ type: INVALID, title: '', status: 422, errors: wrong }));
        draft.context = along.take();
        draft.fields = fields.take(draft.category);
      }
      const files = held.take(ticket);
      const entry = { key, about: ticket ? 'message' : 'ticket', ticket, path: place, body: draft, files };
      if (!(await outbox.add(entry))) held.give(ticket, files);
    },
    retry: outbox.retry,
    rewrite,
    /** What a closed ticket did not take, by keys, goes on as a new one, and so do the files that were attached there. */
    anew(ticket, ...keys) {
      keys.forEach(rewrite);
      held.give('', held.take(ticket));
    },
    /** Files alone are a message too; they are its words. */
    say_files(ticket) {
      const names = held.names(ticket);
      if (names.length) tools.panel.hear('say', '', ticket, names.join(', '));
    },
    attach: held.draw,
    diagnose: along.draw,
    fields: fields.draw,
    mark_fields: fields.mark,
    exit: () => exitSurvey(kit, outbox),
    events(list, ticket) {
      events.draw(list, ticket);
      typing.draw(list, ticket);
    },
    heard(ticket, text) {
      let word;
      try {
        word = JSON.parse(text);
      } catch {
        return; // the answer to a ping
      }
      events.hear(ticket, word);
      typing.hear(ticket, word);
    },
    known: (place) => known(kit, outbox, place),
    me_too: (incident) => meToo(outbox, incident),
    dress: (place) => place.replaceChildren(...rich(kit, place.textContent)),
    files: (place, lines) => files(kit, place, lines.trimEnd().split('\n')),
    ending: (place, state) => ending(kit, outbox, place, ...state.split(' ')),
    vote: (ballot) => vote(outbox, JSON.parse(ballot)),
    reasons: (place, ballot) => reasons(kit, outbox, place, JSON.parse(ballot)),
    hints: (place) => hints(kit, place, forget),
    /**
     * Another visitor is here, or nobody: then nothing of this one stays. The same one with a fresh token goes on, and so
     * does who had no name until now.
     */
    leave(isOut, isSame, isSigningIn) {
      if (isSigningIn) {
        held.rename();
        fields.signIn();
      }
      if (isSame || isSigningIn) return outbox.change(isSigningIn);
      kit.left++;
      kit.box.querySelector('.leaving')?.remove(); // why somebody leaves is theirs to say
      held.clear();
      kit.ratings.clear();
      along.clear();
      fields.clear();
      events.clear();
      typing.clear();
      if (isOut) outbox.clear();
      else outbox.change();
    },
    end() {
      kit.life.abort();
    },
  };
};
