/**
 * @file What is asked at the end of a thread: whether an automatic answer solved it (R3), whether a solved ticket is done
 * (T2), and what the edge says may be asked now: its rating first, then surveys (U). Each goes through the outbox.
 */
import { dueSurvey } from './survey.js';

/**
 * @param {ReturnType<import('./kit.js').makeKit>} kit
 * @param {ReturnType<import('./outbox.js').makeOutbox>} outbox
 * @param {Element} place
 * @param {string} id of the ticket
 * @param {string} status
 * @param {string} outcome of the automatic answer: `waiting`, `rejected`, or empty
 * @param {string} rated empty while it is not
 */
export const ending = (kit, outbox, place, id, status, outcome, rated) => {
  const { el, button, say } = kit;
  const post = (path, body) => {
    outbox.add({ about: 'state', ticket: id, path: `tickets/${id}/${path}/`, body });
  };
  /** Thanks at once: nobody waits for this to be stored. */
  const thank = (part, key) => {
    const thanks = el('p', 'asked-thanks', say(key));
    thanks.setAttribute('role', 'status');
    thanks.tabIndex = -1;
    part.replaceWith(thanks);
    thanks.focus(); // the button that had the focus is gone
  };

  const verdict = () => {
    const answer = (solved) => () => {
      post('auto_answer', { solved });
      thank(part, solved ? 'verdict.solved' : 'verdict.person');
    };
    const part = el(
      'div',
      'asked',
      el('p', 'asked-what', say('verdict.ask')),
      el(
        'div',
        'asked-row',
        button('button small', 'verdict-yes', say('verdict.yes'), answer(true)),
        button('button quiet small', 'verdict-no', say('verdict.no'), answer(false)),
      ),
    );
    return part;
  };

  const confirmation = () => {
    const part = el(
      'div',
      'asked-row',
      el('p', 'muted', say('closing.ask')),
      button('link', 'confirm-close', say('closing.yes'), () => {
        post('close', {});
        thank(part, 'closing.thanks');
      }),
    );
    return part;
  };

  const isActive = status !== 'solved' && status !== 'closed';
  const parts = [];
  if (isActive && outcome === 'waiting') parts.push(verdict());
  if (isActive && outcome === 'rejected') parts.push(el('p', 'muted', say('verdict.person')));
  if (!isActive && rated) parts.push(el('p', 'muted', say('rating.thanks')));
  if (status === 'solved') parts.push(confirmation());
  place.replaceChildren(...parts);
  if (!isActive) dueSurvey(kit, outbox, place, id, rated);
  if (kit.hadFocus('ending')) {
    place.tabIndex = -1;
    // What is empty takes no focus, and in the page Escape would not close the panel any more.
    const holder = place.hasChildNodes() ? place : kit.box.querySelector('.view');
    holder?.focus({ preventScroll: true });
  }
};
