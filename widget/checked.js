/**
 * @file What a file's name says of its content, held against what came: a cache or a proxy on the way that cut a file short
 * or mixed two up is found before anything of it runs.
 *
 * The browser could check by itself (`integrity`), but then gives nothing of a file before all of it is there, and wasm is
 * compiled while it comes. So a copy is hashed beside it. It does not guard against our own edge, which serves this file, too.
 */

/** The end of a name of ours: twelve digits of SHA-256 (`xtask/src/stamp.rs`). */
const NAMED = /\.([0-9a-f]{12})\.\w+$/;

/** A better file is waited for so many milliseconds. */
const RENEW_MS = 10_000;

/**
 * Resolves once a file is known to be what its name says; throws if it is another, and asks for it past all caches, so that
 * the next try has a better one. Reads a copy: call it before the body is read. Without TLS browsers have no hashes, and
 * nothing is checked.
 *
 * @param {Response} answer
 */
export const checked = async (answer) => {
  const [, hash] = NAMED.exec(answer.url) || [];
  if (!hash || !window.crypto?.subtle || !answer.ok) return;
  const bytes = await answer.clone().arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  let found = '';
  for (const byte of digest.subarray(0, 6)) found += byte.toString(16).padStart(2, 0);
  if (found === hash) return;
  await fetch(answer.url, { cache: 'reload', signal: AbortSignal.timeout?.(RENEW_MS) })
    .then((fresh) => fresh.arrayBuffer())
    .catch(() => {});
  throw Error('Buoy: another file came than ' + answer.url);
};
