/** @file What a tab knows of what waits, and what is stored, which all tabs share: the two become one list (W5). */

/**
 * What is kept, by whichever tab, with what only this one knows.
 *
 * @param {object[]} kept what is stored
 * @param {object[]} entries what this tab knows
 * @returns {[object[], object[]]} what waits, in its order, and what waited here and is stored no more: another tab has settled it
 */
export const merged = (kept, entries) => {
  const known = new Map(entries.map((entry) => [entry.key, entry]));
  const isElsewhere = ({ key }) => kept.some((entry) => entry.key === key);
  // Ours that is not in the table: added this moment, or never to be kept. Anything else another tab has settled.
  const isOwn = (entry) => entry.isNew || !entry.isKept;
  const missing = entries.filter((entry) => !isElsewhere(entry));
  // A file that another tab has sent is there: sent again it would make another request under the same key.
  const ours = (entry) => {
    const mine = known.get(entry.key);
    mine?.files.forEach((file, at) => (file.id = entry.files[at]?.id || file.id));
    return mine || entry;
  };
  const all = [...kept.map(ours), ...missing.filter(isOwn)].sort((one, other) => one.at - other.at);
  kept.forEach(({ key }) => known.has(key) && delete known.get(key).isNew);
  return [all, missing.filter((entry) => !isOwn(entry))];
};
