/** @file A row of numbers to choose one from, with a word beside it: ratings and surveys (U). */

/**
 * @param {ReturnType<import('./kit.js').makeKit>} kit
 * @param {{name: string, from: number, to: number, ask: string, worst: string, best: string, comment: string, send: string}} about words are keys
 * @param {(score: number, comment: string) => void} done
 * @param {{score?: number, comment?: string}} begun what was given and not sent, for whoever draws it anew; changed as people go on
 * @returns {Element}
 */
export const scale = ({ el, button, say }, { name, from, to, ask, worst, best, comment: hint, send: act }, done, begun = {}) => {
  const comment = Object.assign(el('textarea', 'rating-comment'), { rows: 2, maxLength: 2000, value: begun.comment || '' });
  comment.oninput = () => (begun.comment = comment.value);
  comment.setAttribute('aria-label', (comment.placeholder = say(hint)));
  comment.dataset.buoy = name + '-comment';
  const more = el('div', 'rating-more', comment, button('button small', name + '-send', say(act), () => done(begun.score, comment.value.trim())));
  more.hidden = begun.score === undefined;
  const marks = Array.from({ length: to - from + 1 }, (_, at) => {
    const mark = Object.assign(el('input', 'spoken'), { type: 'radio', name: 'buoy-' + name, value: from + at });
    mark.checked = begun.score === from + at;
    mark.setAttribute('aria-label', say('rating.score', { score: from + at, most: to }));
    mark.onchange = () => {
      begun.score = from + at;
      more.hidden = false;
    };
    return el('label', 'mark', mark, el('span', '', String(from + at)));
  });
  const row = el('div', 'marks', ...marks);
  row.dataset.buoy = name;
  row.setAttribute('role', 'radiogroup');
  row.setAttribute('aria-label', say(ask));
  const ends = el('div', 'asked-row muted', el('span', '', say(worst)), el('span', '', say(best)));
  return el('div', 'asked', el('p', 'asked-what', say(ask)), row, ends, more);
};
