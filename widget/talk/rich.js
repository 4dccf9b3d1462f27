/**
 * @file The text of an answer as elements: paragraphs, lists, code, links, what is strong. Made node by node from plain
 * text, so that nothing in it is ever markup; only web and mail addresses become links.
 */

/** Code, something strong, a named link, an address. */
const INLINE = /`([^`\n]+)`|\*\*([^*\n]+)\*\*|\[([^\]\n]+)\]\((https?:\/\/[^\s)]+)\)|(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])/g;

/** An article's page in the help centre. */
const ARTICLE = /^\/help\/(?!search\/?$)([a-z0-9-]+)\/?$/;

/** The article of this site that an address leads to, if it does: whatever stands behind it, as a language, is for its page. */
const slugOf = (address, { origin, site }) => {
  try {
    const there = new URL(address);
    const isOurs = there.origin === origin && (there.searchParams.get('site') || site) === site;
    return isOurs && there.pathname.match(ARTICLE)?.[1];
  } catch {} // `https://[` is no address
};

/** One line of text with what stands in it. */
const inline = (kit, text) => {
  const { el, config, panel } = kit;
  const link = (address, words) => {
    const node = Object.assign(el('a', '', words), { href: address, target: '_blank', rel: 'noopener' });
    const slug = slugOf(address, config);
    if (slug) {
      node.onclick = (event) => {
        event.preventDefault();
        panel.open(['article', slug]);
      };
    }
    return node;
  };
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    const [all, code, strong, words, named, bare] = found;
    nodes.push(text.slice(at, found.index));
    at = found.index + all.length;
    if (code) nodes.push(el('code', '', code));
    else if (strong) nodes.push(el('strong', '', strong));
    else nodes.push(link(named || bare, words || bare));
  }
  return [...nodes, text.slice(at)];
};

const copyable = (kit, text) => {
  const { el, button, say } = kit;
  const copy = button('copy', 'copy', say('copy'), () =>
    navigator.clipboard?.writeText(text).then(
      () => (copy.textContent = say('copied')),
      () => {},
    ),
  );
  const pre = el('pre', '', el('code', '', text));
  pre.tabIndex = 0;
  return el('div', 'code', pre, copy);
};

/** The parts of a text, in order. */
export const rich = (kit, text) => {
  const { el } = kit;
  const parts = [];
  const lines = text.split('\n');
  let list, paragraph;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    const item = line.match(/^\s*(?:[-*]|(\d+)[.)])\s+(.*)$/);
    if (/^\s*```/.test(line)) {
      const end = lines.findIndex((other, place) => place > at && /^\s*```/.test(other));
      const last = end < 0 ? lines.length : end;
      parts.push(copyable(kit, lines.slice(at + 1, last).join('\n')));
      at = last;
      list = paragraph = undefined;
    } else if (item) {
      const name = item[1] ? 'ol' : 'ul';
      if (list?.localName !== name) {
        parts.push((list = el(name, '')));
        if (item[1]) list.start = Number(item[1]);
      }
      list.append(el('li', '', ...inline(kit, item[2])));
      paragraph = undefined;
    } else if (!line.trim()) {
      list = paragraph = undefined;
    } else {
      if (paragraph) paragraph.append(el('br', ''), ...inline(kit, line));
      else parts.push((paragraph = el('p', '', ...inline(kit, line))));
      list = undefined;
    }
  }
  return parts;
};
