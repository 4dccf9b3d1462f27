/**
 * @file What customers are asked besides the rating of a ticket (U): how easy it was, whether they would recommend us, why they
 * leave. The edge says what may be asked now, never anything twice; a question can be waved away, all of them for good, and
 * answered without a name. Answers go through the outbox.
 */
import { scale } from './scale.js';

/** As on the wire. */
const EXIT_REASONS = ['too_expensive', 'found_better', 'technical', 'lack_of_support', 'no_longer_needed', 'other'];
const SCALES = { effort: { from: 1, to: 5 }, nps: { from: 0, to: 10 } };

/** What stands under every question: without a name, not now, never again. */
const foot = (kit, outbox, answer, close) => {
  const { el, button, say } = kit;
  const nameless = Object.assign(el('input', ''), { type: 'checkbox' });
  nameless.dataset.buoy = 'survey-anonymous';
  const never = async () => {
    // Said once it is kept: whoever leaves the page then is not asked again either.
    await outbox.add({ about: 'survey', method: 'PUT', path: 'surveys/opt_out/', body: { opted_out: true } });
    close(say('survey.quiet'));
  };
  const later = () => {
    answer({ declined: true });
    close('');
  };
  const node = el(
    'div',
    'asked-row',
    el('label', 'consent', nameless, el('span', '', say('survey.anonymous'))),
    button('link', 'survey-later', say('survey.later'), later),
    button('link', 'survey-never', say('survey.never'), never),
  );
  return { node, isNameless: () => nameless.checked };
};

/** One question as an element. */
const question = (kit, outbox, { kind, ticket }) => {
  const { el, button, say } = kit;
  const answer = (said) => outbox.add({ about: 'survey', path: 'surveys/', body: { kind, ...(ticket && { ticket }), ...said } });
  const name = kind + (ticket || '');
  const begun = kit.ratings.get(name) || kit.ratings.set(name, {}).get(name);
  const close = (text) => {
    kit.ratings.delete(name);
    const hadFocus = whole.matches(':focus-within');
    const thanks = Object.assign(el('p', 'asked-thanks', text), { tabIndex: -1 });
    thanks.setAttribute('role', 'status');
    if (text) whole.replaceChildren(thanks);
    else (whole.closest('.leaving') || whole).remove();
    // The button that had it is gone; in the page, Escape would not close the panel any more.
    if (hadFocus) (text ? thanks : kit.box.querySelector('.view'))?.focus({ preventScroll: true });
  };
  const under = foot(kit, outbox, answer, close);
  const send = (what, comment) => {
    answer({ ...what, ...(comment && { comment }), ...(under.isNameless() && { anonymous: true }) });
    close(say('survey.thanks'));
  };
  const reasons = () => {
    let reason;
    const comment = Object.assign(el('textarea', 'rating-comment'), { rows: 2, maxLength: 2000 });
    comment.setAttribute('aria-label', (comment.placeholder = say('survey.comment')));
    comment.dataset.buoy = 'exit-comment';
    const done = button('button small', 'exit-send', say('survey.send'), () => send({ reason }, comment.value.trim()));
    const more = Object.assign(el('div', 'rating-more', comment, done), { hidden: true });
    const choices = EXIT_REASONS.map((one) => {
      const choice = Object.assign(el('input', ''), { type: 'radio', name: 'buoy-exit', value: one });
      choice.onchange = () => {
        reason = one;
        more.hidden = false;
      };
      return el('label', 'consent', choice, el('span', '', say('exit.' + one)));
    });
    const list = el('div', '', ...choices);
    list.dataset.buoy = 'exit';
    list.setAttribute('role', 'radiogroup');
    list.setAttribute('aria-label', say('exit.ask'));
    return el('div', 'asked', el('p', 'asked-what', say('exit.ask')), list, more);
  };
  const words = { ask: kind + '.ask', worst: kind + '.worst', best: kind + '.best', comment: 'survey.comment', send: 'survey.send' };
  const part = kind === 'exit' ? reasons() : scale(kit, { name: kind, ...SCALES[kind], ...words }, (score, comment) => send({ score }, comment), begun);
  const whole = el('div', 'survey', part, under.node);
  whole.dataset.buoy = 'survey';
  return whole;
};

/** Puts the question that is due under a solved ticket; one about another ticket is put there. */
export const dueSurvey = async (kit, outbox, place, ticket) => {
  try {
    // What the edge says is not the last word while it has not heard theirs.
    const isUnheard = outbox.waits('survey');
    const answer = await kit.call('surveys/');
    const due = answer.ok && (await answer.json()).due;
    if (!due || isUnheard || outbox.waits('survey') || (due.ticket && due.ticket !== ticket) || !place.isConnected || place.querySelector('.survey')) return;
    place.append(question(kit, outbox, due));
  } catch {} // without a line nothing is asked
};

/**
 * Asks why somebody leaves, because the host says that they do: above what the panel shows. Nobody is asked twice, nor who wants
 * no questions; without a line they are asked, and the edge keeps the first answer. Of a stranger it knows nothing, and being
 * shown a question does not make them known.
 */
export const exitSurvey = async (kit, outbox) => {
  const { box, el, config, panel } = kit;
  try {
    const answer = (config.identity || panel.visitor()) && (await kit.call('surveys/'));
    const known = answer?.ok ? await answer.json() : {};
    if (known.exit_asked || known.opted_out) return;
  } catch {} // without a line
  box.querySelector('.leaving')?.remove();
  const place = el('div', 'ending leaving', question(kit, outbox, { kind: 'exit' }));
  box.querySelector('.main')?.before(place);
  place.tabIndex = -1;
  place.focus();
};
