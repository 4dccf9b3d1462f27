/**
 * @file Puts the script tag into a page, once, and gives the function that it defines. Nothing else: the widget itself is
 * always the one that your support origin serves.
 */

let loading;

/** What stands for `window.Buoy` until the script is here: calls are kept and made then. */
const stub = () => {
  const queue = (...call) => {
    queue.q.push(call);
    return Promise.resolve();
  };
  queue.q = [];
  return queue;
};

/** See `index.d.ts`. */
export const loadBuoy = ({ origin, site, nonce, ...settings }) => {
  // On a server there is no page; whoever awaits goes on in the browser.
  if (typeof document === 'undefined') return new Promise(() => {});
  if (window.Buoy?.version) return Promise.resolve(window.Buoy);
  return (loading ||= new Promise((resolve, reject) => {
    window.Buoy ||= stub();
    const tag = document.createElement('script');
    tag.async = true;
    tag.src = `${origin}/${site}/widget.js`;
    if (nonce) tag.nonce = nonce;
    // An attribute has no way to say nothing: it would say "undefined".
    const given = Object.entries(settings).filter(([, value]) => value !== undefined && value !== null);
    Object.assign(tag.dataset, { site }, Object.fromEntries(given));
    // Taken away before it came, it is nobody's: whoever loads again waits for the next one.
    tag.onload = () => tag.isConnected && resolve(window.Buoy);
    tag.onerror = () => {
      tag.remove();
      loading = undefined; // the next call tries again
      reject(new Error('Buoy was not loaded from ' + origin));
    };
    document.head.append(tag);
  }));
};

/** See `index.d.ts`. */
export const unloadBuoy = async () => {
  const tag = document.querySelector('script[data-site][src$="/widget.js"]');
  loading = undefined;
  if (window.Buoy?.version) await window.Buoy('destroy');
  else if (window.Buoy?.q) delete window.Buoy; // what waits in it was said for a page that is no more
  tag?.remove();
};
