// Measures each keystroke in the open panel: from the key event to the last change of the widget's DOM that follows from it.
(() => {
  const QUIET_MS = 150; // no further change for so long: the answer to this key is complete
  const shadow = document.querySelector('buoy-widget').shadowRoot;
  let keyAt = null;
  let changedAt = null;
  let timer;
  const settle = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const took = changedAt === null ? null : changedAt - keyAt;
      const results = shadow.querySelectorAll('[data-buoy="result"]').length;
      window.report(JSON.stringify({ what: 'typed', took, results }));
      keyAt = null;
    }, QUIET_MS);
  };
  addEventListener('keydown', (event) => {
    keyAt = event.timeStamp;
    changedAt = null;
    settle();
  }, true);
  new MutationObserver(() => {
    if (keyAt === null) return;
    changedAt = performance.now();
    settle();
  }).observe(shadow, { childList: true, subtree: true, characterData: true });
})();
