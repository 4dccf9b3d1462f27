/** @file What the host still hears of when the panel has gone while something was on its way: with another language there is another panel. */

/**
 * Tells what the panel would have told.
 *
 * @param {ReturnType<import('./kit.js').makeKit>} kit
 * @param {string} about what the edge acknowledged
 * @param {string} ticket to which a message belongs
 * @param {string} text the answer
 */
export const tellHost = ({ box, tell }, about, ticket, text) => {
  if (!box.isConnected) return; // the whole widget was taken away
  if (about === 'message') tell(about, { ticket, mine: true });
  if (!about.startsWith('ticket')) return;
  const { id, number } = JSON.parse(text);
  tell('ticket-created', { id, number });
};
