/** @file Whose an entry of the outbox is: what one visitor wrote is not sent in another's name. */

/**
 * @param {ReturnType<import('./kit.js').makeKit>} kit
 * @param {ReturnType<import('./store.js').openStore>} store
 */
export const makeOwner = ({ panel, config, subjectOf, tokenOf, life }, store) => {
  /** The panel may go while something is on its way; from then on it is not asked. */
  const visitor = () => (life.signal.aborted ? '' : panel.visitor());
  const isSomebody = () => Boolean(config.identity);

  /** A vote on an article is nobody's: it tells of no visitor, and opens no session. */
  const isNobodys = ({ about }) => about === 'vote';

  /** Who writes now. */
  const now = (entry) =>
    isNobodys(entry)
      ? { owner: '', isNamed: false }
      : { owner: visitor(), isNamed: isSomebody(), subject: isSomebody() ? subjectOf(config.identity) : undefined };

  /**
   * Whoever nobody names is one person to a browser until they log out, which takes all of theirs away: a token that ends
   * makes them another customer, and no stranger.
   */
  const isOurs = (entry) => {
    const { owner, isNamed } = entry;
    return isNobodys(entry) || (isNamed && owner ? owner === visitor() : isNamed === isSomebody());
  };

  return {
    visitor,
    isSomebody,
    isNobodys,
    isOurs,
    now,

    /**
     * Whoever the host vouches for is nobody yet in a new page: a session is opened, since only then it is known whose the
     * entries are, and whose one of a name becomes. Gives whether that remains to be seen.
     */
    async isUnknown(entries, tell) {
      if (!isSomebody() || visitor() || !entries.some(({ owner, isNamed }) => owner || isNamed)) return false;
      try {
        await tokenOf();
      } catch {
        return true;
      }
      entries.filter(isOurs).forEach(tell);
      return false;
    },

    /**
     * Who wrote a new ticket without a name has one now, and it goes on under that: with files that are sent anew, since the
     * edge gives one to its sender alone, and without the address, for which the host's word counts. Nothing of it is kept on
     * the machine until a session says whose it is. Under its old key it is another caller's, so that is no repetition:
     * what may be there already, because only its answer was lost, does not go out by itself a second time.
     */
    adopt(entry) {
      Object.assign(entry, now(entry), { owner: '', isKept: false });
      entry.files.forEach((file) => file.blob && delete file.id);
      delete entry.body.email;
      store.remove(entry.key);
    },

    /** What may stay when another visitor is here, or the same with a fresh token: what can be told apart from another's. */
    stays(entry) {
      const { owner, subject } = entry;
      const named = subjectOf(config.identity);
      return Boolean(isNobodys(entry) || owner || (named && subject === named));
    },
  };
};
