/** @file What a page says of itself, as far as it may be kept: which page it is, and plain values of its own. */

/** Which page this is, for the team: what the host calls it, or its path. What follows `?` or `#` may be about a person. */
export const pageOf = (config) => String(config.page || location.pathname).split(/[?#]/)[0];

/** What the host said by `set({ context })`: texts, numbers and truths, by name. A value that throws while it is read is left out. */
export const contextOf = ({ context }) => {
  const read = (name) => {
    try {
      const value = context[name];
      return name && /string|number|boolean/.test(typeof value) ? [[name, value]] : [];
    } catch {
      return [];
    }
  };
  try {
    return Object.keys(Object(context)).flatMap(read);
  } catch {
    return []; // a page's own proxy
  }
};
