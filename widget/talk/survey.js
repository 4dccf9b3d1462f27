/**
 * @file What customers are asked (U): how content they are with a solved ticket, how easy it was, whether they would recommend
 * us, why they leave. The edge says what may be asked now, never anything twice; a question can be waved away, all of them for
 * good, and answered without a name. What came into sight counts as asked. Answers go through the outbox.
 */
import { scale } from './scale.js';

/** As on the wire. */
const EXIT_REASONS = ['too_expensive', 'found_better', 'technical', 'lack_of_support', 'no_longer_needed', 'other'];
const SCALES = { csat: { from: 1, to: 10 }, effort: { from: 1, to: 5 }, nps: { from: 0, to: 10 } };

const nameOf = ({ kind, ticket }) => kind + (ticket || '');

/** Does something once an element is in sight: the panel may be closed, or its tab behind others. */
const onceSeen = (node, act) => {
  const eye = new IntersectionObserver((seen) => {
    if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
    eye.disconnect();
    act();
  });
  eye.observe(node);
};

/** What stands under every question: without a name, not now, never again. */
const foot = (kit, outbox, begun, decline, close) => {
  const { el, button, say } = kit;
  const nameless = Object.assign(el('input', ''), { type: 'checkbox', checked: Boolean(begun.isNameless) });
  nameless.dataset.buoy = 'survey-anonymous';
  nameless.onchange = () => (begun.isNameless = nameless.checked);
  const never = async () => {
    // Said once it is kept: whoever leaves the page then is not asked again either.
    await outbox.add({ about: 'survey', method: 'PUT', path: 'surveys/opt_out/', body: { opted_out: true } });
    kit.ratings.forEach((other) => (other.isOver = true));
    close(say('survey.quiet'));
  };
  const later = () => {
    decline();
    close('');
  };
  return el(
    'div',
    'asked-row',
    el('label', 'consent', nameless, el('span', '', say('survey.anonymous'))),
    button('link', 'survey-later', say('survey.later'), later),
    button('link', 'survey-never', say('survey.never'), never),
  );
};

/** One question as an element. What was given and not sent is kept while the thread changes around it: it is closed, or an answer comes. */
const question = (kit, outbox, due) => {
  const { el, button, say } = kit;
  const { kind, ticket } = due;
  const isRating = kind === 'csat';
  const [name, common] = isRating ? ['rating', 'rating'] : [kind, 'survey'];
  const begun = kit.ratings.get(nameOf(due)) || kit.ratings.set(nameOf(due), { due }).get(nameOf(due));
  const bodyOf = (said) => ({ kind, ...(ticket && { ticket }), ...said });
  const tell = (said) => outbox.add({ about: 'survey', path: 'surveys/', body: bodyOf(said) });
  const rate = (body) => outbox.add({ about: 'state', ticket, path: `tickets/${ticket}/rating/`, body });
  const close = (text) => {
    begun.isOver = true;
    const hadFocus = whole.matches(':focus-within');
    const thanks = Object.assign(el('p', 'asked-thanks', text), { tabIndex: -1 });
    thanks.setAttribute('role', 'status');
    if (text) whole.replaceChildren(thanks);
    else (whole.closest('.leaving') || whole).remove();
    // The button that had it is gone; in the page, Escape would not close the panel any more.
    if (hadFocus) (text ? thanks : kit.box.querySelector('.view'))?.focus({ preventScroll: true });
  };
  const send = (what, comment) => {
    (isRating ? rate : tell)({ ...what, ...(comment && { comment }), ...(begun.isNameless && { anonymous: true }) });
    close(say(common + '.thanks'));
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
  const words = { ask: name + '.ask', worst: name + '.worst', best: name + '.best', comment: common + '.comment', send: common + '.send' };
  const part = kind === 'exit' ? reasons() : scale(kit, { name, ...SCALES[kind], ...words }, (score, comment) => send({ score }, comment), begun);
  const whole = el('div', 'survey', part, foot(kit, outbox, begun, () => tell({ declined: true }), close));
  whole.dataset.buoy = isRating ? 'rating-asked' : 'survey';
  /** Whoever leaves has perhaps done nothing here: of what they only looked at nothing is kept in the browser. */
  const tellShown = () => {
    if (begun.isShown) return;
    begun.isShown = true;
    if (kind !== 'exit') return tell({ shown: true });
    const headers = { 'content-type': 'application/json' };
    kit.call('surveys/', { method: 'POST', headers, body: JSON.stringify(bodyOf({ shown: true })) }).catch(() => {});
  };
  // Of every solved ticket it is known that its rating was asked; and being shown a question makes nobody known.
  if (!isRating && kit.panel.visitor()) onceSeen(whole, tellShown);
  return whole;
};

/** What may be asked now, as the edge says it; undefined without a line. It is not the last word while it has not heard theirs. */
const dueNow = async (kit, outbox) => {
  const isUnheard = outbox.waits('survey');
  let due;
  try {
    const answer = await kit.call('surveys/');
    due = answer.ok && (await answer.json()).due;
  } catch {} // without a line
  return !isUnheard && !outbox.waits('survey') && due;
};

/**
 * Puts the question that is due under a solved ticket, below what stands there: somebody may be about to press it. One about
 * another ticket is put there. What was put on this page and not answered is there again, if nothing about this ticket is due.
 */
export const dueSurvey = async (kit, outbox, place, ticket, rated) => {
  if (rated) kit.ratings.delete(nameOf({ kind: 'csat', ticket }));
  const isHere = (due) => due.kind !== 'exit' && (!due.ticket || due.ticket === ticket);
  const begun = (isMeant) => [...kit.ratings.values()].find(({ due, isOver }) => !isOver && isHere(due) && isMeant(due))?.due;
  const due = begun((one) => one.ticket) || (await dueNow(kit, outbox)) || begun(() => true);
  if (!due || !isHere(due) || kit.ratings.get(nameOf(due))?.isOver || !place.isConnected || place.querySelector('.survey')) return;
  place.append(question(kit, outbox, due));
};

/**
 * Asks why somebody leaves, because the host says that they do: above what the panel shows. Nobody is asked twice, nor who wants
 * no questions, but whoever was shown it on this page may still answer; without a line they are asked, and the edge keeps the
 * first answer. Of a stranger it knows nothing, and being shown a question does not make them known.
 */
export const exitSurvey = async (kit, outbox) => {
  const { box, el, config, panel, left } = kit;
  const due = { kind: 'exit' };
  const begun = kit.ratings.get(nameOf(due));
  try {
    const answer = (config.identity || panel.visitor()) && (await kit.call('surveys/'));
    const known = answer?.ok ? await answer.json() : {};
    if (known.opted_out || (known.exit_asked && (!begun || begun.isOver))) return;
  } catch {} // without a line
  if (kit.life.signal.aborted || kit.left !== left) return; // the panel is gone by now, or who was meant
  box.querySelector('.leaving')?.remove();
  const place = el('div', 'ending leaving', question(kit, outbox, due));
  box.querySelector('.main')?.before(place);
  place.tabIndex = -1;
  place.focus();
};
