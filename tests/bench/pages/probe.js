// Runs before every other script of a measured page and tells the bench, through the binding `report`, when something stands.
// It watches by MutationObserver, so that what is measured is not slowed by questions.
(() => {
  if (window !== top || location.protocol === 'about:') return;
  const inPage = { bare: '#bare-banner' };
  const inWidget = {
    launcher: '[data-buoy="launcher"]',
    banner: '[data-buoy="banner"]',
    panel: '[data-buoy="panel"][data-ready]', // and on the screen: intent alone may have made it ready
  };
  const told = new Set();
  const tell = (what, at) => {
    if (told.has(what)) return;
    told.add(what);
    window.report(JSON.stringify({ what, at }));
  };
  const look = (root, wanted) => {
    for (const [what, selector] of Object.entries(wanted)) {
      if (!told.has(what) && root.querySelector(selector)?.getClientRects().length) tell(what, performance.now());
    }
  };
  let shadow;
  const observer = new MutationObserver(() => {
    look(document, inPage);
    if (!shadow && (shadow = document.querySelector('buoy-widget')?.shadowRoot)) {
      observer.observe(shadow, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-ready', 'hidden'] });
    }
    if (shadow) look(shadow, inWidget);
  });
  observer.observe(document, { childList: true, subtree: true });
  for (const type of ['pointerover', 'pointerdown']) {
    const isLauncher = (node) => node.dataset?.buoy === 'launcher';
    addEventListener(type, (event) => event.composedPath().some(isLauncher) && tell(type, event.timeStamp), true);
  }
  addEventListener('load', () => tell('load', performance.now()));
})();
