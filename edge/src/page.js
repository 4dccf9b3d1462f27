/**
 * @file Our own pages make room for the incident banner of the widget that they embed: it would cover their heading on a
 * phone. Any page may do so: the widget's root is open, and its banner has the class `banner`.
 */
const { documentElement } = document;
let banner;

const makeRoom = () => documentElement.style.setProperty('--banner', (banner ? banner.getBoundingClientRect().bottom : 0) + 'px');
const sizes = new ResizeObserver(makeRoom);

const look = ({ shadowRoot }) => {
  sizes.disconnect();
  banner = shadowRoot.querySelector('.banner');
  if (banner) sizes.observe(banner);
  makeRoom();
};

/** The widget comes when it knows what to say; its banner comes and goes. */
const meet = () => {
  const widget = document.querySelector('buoy-widget');
  if (!widget) return;
  arrivals.disconnect();
  new MutationObserver(() => look(widget)).observe(widget.shadowRoot, { childList: true });
  look(widget);
};
const arrivals = new MutationObserver(meet);
arrivals.observe(documentElement, { childList: true });
meet();
