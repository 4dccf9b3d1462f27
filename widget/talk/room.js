/** @file How much may wait to be sent at once (W5): far more than anybody writes, and no more than a page may keep. */

/** Entries that wait at once; far above what a person writes in a tunnel. */
const ENTRIES_MAX = 50;
/** Bytes of files that are still to be sent: what a phone lends a page without asking. One whole message always has room. */
const BYTES_MAX = 50_000_000;

/** Whether there is room for one more, with these files, beside what waits. */
export const hasRoom = (kit, entries, files) => {
  const { max_bytes, max_files } = { max_bytes: 0, max_files: 0, ...kit.boot().attachments };
  const unsent = [...entries.flatMap((entry) => entry.files), ...files].filter(({ id }) => !id);
  const bytes = unsent.reduce((sum, { blob }) => sum + (blob?.size || 0), 0);
  return entries.length < ENTRIES_MAX && bytes <= Math.max(BYTES_MAX, max_bytes * max_files);
};
