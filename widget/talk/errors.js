/**
 * @file The last errors of the page's console, for a visitor who may agree to send them (W4). The console is wrapped when the
 * form is shown and no earlier, and given back when the panel goes.
 */

/** Errors that are kept; the same bound as `ERRORS_MAX` in `shared/src/ticket/context.rs`. */
const ERRORS_MAX = 10;
/** Letters that are looked at, of errors that may be whole documents. */
const LOOKED_AT_CHARS = 2_000;

/** What somebody logged, as a line. Nothing of the page's own is called but what it throws away anyway. */
const said = (value) => {
  const kind = Object.prototype.toString.call(value);
  // An error of a frame is an instance of that frame's `Error`.
  if (value instanceof Error || kind === '[object Error]') {
    const where = (value.stack || '').match(/\(?\S+:\d+:\d+\)?/)?.[0];
    return `${value.name}: ${value.message}` + (where ? ' ' + where : '');
  }
  return typeof value === 'object' && value ? kind : String(value);
};

/**
 * @param {AbortSignal} signal ends it
 * @param {() => void} changed is told of each
 * @returns {string[]} the errors since now, the newest last
 */
export const watchErrors = (signal, changed) => {
  const seen = [];
  const note = (...values) => {
    if (signal.aborted) return;
    try {
      seen.push(values.map(said).join(' ').slice(0, LOOKED_AT_CHARS));
      if (seen.length > ERRORS_MAX) seen.shift();
      changed();
    } catch {} // a value that cannot be a text is the page's business
  };
  const { error } = console;
  const ours = function (...values) {
    note(...values);
    return error.apply(this, values);
  };
  try {
    console.error = ours;
  } catch {} // a frozen console stays as it is
  signal.addEventListener('abort', () => {
    // Somebody may have wrapped it after us: then ours stays below theirs and only passes on.
    if (console.error === ours) console.error = error;
  });
  addEventListener('error', ({ error, message, filename, lineno }) => note(error || `${message} ${filename}:${lineno}`), { signal });
  addEventListener('unhandledrejection', ({ reason }) => note(reason), { signal });
  return seen;
};
