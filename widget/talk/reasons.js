/**
 * @file Whether an article helped, and why it did not (W3, K4): asked after a no, answered with one press. A second vote
 * replaces the first, so of votes on one article the later waits for the earlier. They go through the outbox, in nobody's name.
 */

/** As on the wire. */
const REASONS = ['other_question', 'unclear', 'incomplete', 'outdated', 'did_not_work'];

/** Casts a vote. */
export const vote = (outbox, ballot) =>
  outbox.add({ about: 'vote', lane: `vote ${ballot.locale} ${ballot.slug}`, path: 'kb/feedback/', body: ballot });

/**
 * @param {ReturnType<import('./kit.js').makeKit>} kit
 * @param {ReturnType<import('./outbox.js').makeOutbox>} outbox
 * @param {Element} place
 * @param {object} ballot the vote that was cast
 */
export const reasons = (kit, outbox, place, ballot) => {
  const { el, button, say } = kit;
  const choose = (reason) => () => {
    vote(outbox, { ...ballot, reason });
    const thanks = el('p', 'muted', say('reason.thanks'));
    thanks.setAttribute('role', 'status');
    thanks.tabIndex = -1;
    place.replaceChildren(thanks);
    thanks.focus();
  };
  const rows = REASONS.map((reason) => button('button quiet small', 'reason', say('reason.' + reason), choose(reason)));
  const list = el('div', 'reasons', ...rows);
  list.setAttribute('role', 'group');
  list.setAttribute('aria-label', say('reason.ask'));
  place.replaceChildren(el('p', '', say('reason.ask')), list);
  place.scrollIntoView({ block: 'nearest' }); // asked for below what was read
};
