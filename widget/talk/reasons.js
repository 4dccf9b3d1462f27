/** @file Why an article did not help (W3, K4): asked after a no, answered with one press. A second vote replaces the first. */

/** As on the wire. */
const REASONS = ['other_question', 'unclear', 'incomplete', 'outdated', 'did_not_work'];

/**
 * @param {ReturnType<import('./kit.js').makeKit>} kit
 * @param {Element} place
 * @param {object} ballot the vote that was cast
 */
export const reasons = (kit, place, ballot) => {
  const { el, button, say, config } = kit;
  const choose = (reason) => () => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...ballot, reason }) };
    fetch(config.origin + '/api/support/kb/feedback/', init).catch(() => {});
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
