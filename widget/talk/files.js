/**
 * @file The files of a message: a name, a size, and a way to save them (W5). Nothing that somebody sent is ever shown in the
 * host's page; the browser saves it, under the visitor's token.
 */

/** For one file, in milliseconds: 10 MB over a phone's slow line, as in `upload.js`. */
const SAVE_MS = 180_000;

/** Draws the files of a message: a line each with id, size and name. */
export const files = (kit, place, lines) => {
  const { el, button, say, size, call } = kit;
  const save = async (file, act) => {
    act.setAttribute('aria-busy', 'true');
    try {
      const answer = await call(`uploads/${file.id}/`, { signal: AbortSignal.timeout?.(SAVE_MS) });
      if (!answer.ok) throw answer;
      const link = Object.assign(el('a', ''), { href: URL.createObjectURL(await answer.blob()), download: file.name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // long enough for the browser to have begun
      act.lastChild.textContent = size(file.size);
    } catch {
      act.lastChild.textContent = say('file.failed');
    }
    act.removeAttribute('aria-busy');
  };
  const rows = lines.map((line) => {
    const [, id, bytes, name] = line.match(/^(\S+) (\d+) (.*)$/); // a cleaned name is one line
    const file = { id, size: Number(bytes), name };
    const act = button('saved-file', 'file', '', () => save(file, act));
    // Its name is what is seen on it, so that who speaks to the browser can say it; what a press does is beside that.
    act.title = say('file.save', { name: file.name });
    act.append(el('span', 'file-name', file.name), el('span', 'muted', size(file.size)));
    return act;
  });
  place.replaceChildren(...rows);
};
