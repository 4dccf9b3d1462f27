/**
 * @file The automatic answer, while a ticket is still being written (W4, R4): the rules and the engine of the edge, in the
 * page, asked at each pause in typing without a request.
 */
import { engine as startEngine } from './engine.js';
import { rich } from './rich.js';

/** A pause in typing of this many milliseconds is looked at: an answer that changes under each letter cannot be read. */
const PAUSE_MS = 350;

let engine; // of this page, by the address of its rules

/** Fetches engine and rules, once for a set of rules. */
const load = async (kit, address) => {
  const [module, rules] = await Promise.all([
    startEngine(kit),
    fetch(kit.config.origin + address).then((answer) => answer.json()),
  ]);
  const made = new module.Triage(rules.default_locale, rules.default_priority, rules.top_priority, rules.no_answer);
  rules.raise.forEach(({ priority, phrases, unless, tiers }) => made.raise(priority, phrases, unless, tiers));
  rules.answers.forEach(({ key, confidence, any, with: also, unless, categories, text }) =>
    made.answer(key, confidence, any, also, unless, categories, text),
  );
  made.finish();
  return made;
};

let named; // whom the host named last, and their tier: its function is not called for each form

/** The tier in the host's word on who this is; whether it is true only the edge can tell, and it decides again. */
const tierOf = ({ identity }) => {
  if (named?.identity !== identity) named = { identity, tier: readTier(identity) };
  return named?.tier || '';
};

const readTier = async (identity) => {
  try {
    const token = typeof identity === 'function' ? await identity() : identity;
    return JSON.parse(atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))).tier || '';
  } catch {
    return ''; // nobody vouches for a stranger
  }
};

/** Follows the form that `place` stands in; who is helped by what it shows needs nothing of what they put there: `forget`. */
export const hints = (kit, place, forget) => {
  const { el, button, say, boot, config, panel, tell } = kit;
  const { triage, locale } = boot();
  if (!triage) return;
  const address = `/api/support/triage/?${new URLSearchParams({ site: config.site, locale, hash: triage })}`;
  if (engine?.address !== address) {
    engine = { address, ready: load(kit, address) };
    engine.ready.catch(() => (engine = undefined));
  }
  const { ready } = engine;
  const tier = tierOf(config);
  const form = place.closest('form');
  const value = (name) => form.querySelector(`[data-buoy=${name}]`)?.value || '';
  let timer, shown;

  const solved = () => {
    tell('answered');
    forget();
    panel.hear('answered', '', '', say('hint.solved'));
  };

  const look = async () => {
    const made = await ready.catch(() => {});
    const answer = made?.ask(value('category') || undefined, value('subject'), value('body'), await tier);
    if (!place.isConnected || answer === shown) return;
    shown = answer;
    if (!answer) return place.replaceChildren();
    const card = el(
      'div',
      'hint',
      el('h3', 'heading', say('hint.title')),
      Object.assign(el('div', 'rich', ...rich(kit, answer)), { tabIndex: 0 }), // long ones scroll, also by keyboard
      button('button small', 'hint-solved', say('hint.yes'), solved),
    );
    card.dataset.buoy = 'hint';
    place.replaceChildren(card);
    panel.news(say('hint.title'));
  };

  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE_MS);
  });
  look();
};
