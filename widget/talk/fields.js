/**
 * @file What the form asks besides subject and text, by the chosen topic (W4): text, choice, number, date, checkbox. The policy
 * says which; the edge checks every value again and names the field that it refuses.
 *
 * What is typed is kept for the tab from the first letter on, as the panel keeps the rest of the draft.
 */

/** @param {ReturnType<import('./kit.js').makeKit>} kit */
export const categoryFields = (kit) => {
  const { el, say, boot, config } = kit;
  const ofNobody = `buoy:${config.site}:draft_fields`;
  const name = () => ofNobody + config.who; // as `widget/src/draft.rs` keeps the rest
  let values = {}; // by key; a key of several topics keeps its value when another is chosen
  let place, shown, isSent;

  const read = () => {
    try {
      values = JSON.parse(sessionStorage[name()] || sessionStorage[ofNobody] || '{}');
    } catch {}
  };
  read();
  const unkeep = () => [name(), ofNobody].forEach((one) => sessionStorage.removeItem(one));
  const keep = () => {
    try {
      unkeep();
      if (Object.keys(values).length) sessionStorage[name()] = JSON.stringify(values);
    } catch {}
  };

  const asked = (category) => boot().fields?.[category] || [];
  const inputOf = (key) => place?.querySelector(`[data-field="${key}"]`);

  const complain = (key, text) => {
    const input = inputOf(key);
    if (!input) return;
    const complaint = input.closest('.field').querySelector('.complaint');
    complaint.textContent = text;
    complaint.hidden = !text;
    if (text) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  };

  /** What is wrong with a value, as the key of its words; the rules of `shared/src/ticket/fields.rs`, which decides. */
  const fault = ({ key, kind, required, min, max }, input) => {
    const value = values[key] || '';
    if (required && (!value || (kind === 'checkbox' && value !== 'true')) && !input?.validity.badInput) return 'required';
    if (kind === 'number' && (input?.validity.badInput || (value && !/^-?\d+(\.\d+)?$/.test(value)))) return 'value';
    if (kind === 'number' && value && (value < (min ?? -Infinity) || value > (max ?? Infinity))) return 'value';
    return input?.validity.badInput ? 'value' : '';
  };

  const control = ({ key, kind, choices, min, max }) => {
    const isChoice = kind === 'choice';
    const input = el(isChoice ? 'select' : 'input', '');
    if (isChoice) input.append(...[{ key: '', label: '' }, ...choices].map((one) => Object.assign(el('option', '', one.label), { value: one.key })));
    else input.type = kind;
    if (kind === 'text') Object.assign(input, { maxLength: max || 500, autocomplete: 'off' });
    if (kind === 'number') Object.assign(input, { step: 'any', min: min ?? '', max: max ?? '', inputMode: 'decimal' });
    if (kind === 'checkbox') input.checked = values[key] === 'true';
    else input.value = values[key] || '';
    input.oninput = () => {
      values[key] = kind === 'checkbox' ? String(input.checked) : input.value;
      if (!values[key] || values[key] === 'false') delete values[key];
      keep();
      complain(key, '');
    };
    return input;
  };

  const row = (field) => {
    const { key, kind, label, required, min, max } = field;
    const input = control(field);
    input.id = 'buoy-field-' + key;
    input.dataset.field = key;
    input.dataset.buoy = 'field';
    input.setAttribute('aria-describedby', `buoy-hint-${key} buoy-error-field-${key}`);
    if (required) input.setAttribute('aria-required', 'true');
    const words = el('label', kind === 'checkbox' ? 'consent' : '');
    words.htmlFor = input.id;
    words.append(el('span', 'label', label), required ? '' : el('span', 'optional', say('form.optional')));
    if (kind === 'checkbox') words.prepend(input);
    const range = kind === 'number' && (min != null || max != null) && el('p', 'muted', [min ?? '…', max ?? '…'].join(' – '));
    if (range) range.id = 'buoy-hint-' + key;
    const complaint = Object.assign(el('p', 'complaint'), { hidden: true, id: 'buoy-error-field-' + key });
    return el('div', 'field', words, kind === 'checkbox' ? null : input, range || null, complaint);
  };

  const chosen = () => place?.closest('form')?.querySelector('[data-buoy=category]')?.value || '';

  const draw = () => {
    const category = chosen();
    if (shown === category) return;
    shown = category;
    place.replaceChildren(...asked(category).map(row));
  };

  /** Marks what is wrong; says whether anything is. */
  const mark = () => {
    const wrong = asked(chosen()).filter((field) => {
      const why = fault(field, inputOf(field.key));
      if (why) complain(field.key, say('error.' + why));
      return why;
    });
    return wrong.map(({ key }) => ({ field: 'fields.' + key, code: 'required', detail: '' }));
  };

  return {
    /** Follows the form that `where` stands in. */
    draw(where) {
      if (isSent) {
        values = {};
        isSent = false;
      }
      place = where;
      shown = undefined;
      draw();
      place.closest('form').addEventListener('input', draw);
    },
    mark,
    /** What goes along with the ticket that is sent now; nothing when it must not go yet, and then it is marked. */
    take(category) {
      const entries = asked(category).flatMap(({ key }) => (values[key] ? [[key, values[key]]] : []));
      isSent = true;
      return Object.fromEntries(entries);
    },
    /** What was sent is kept elsewhere, or with the edge: a reload finds it there. */
    sent() {
      try {
        if (isSent) unkeep();
      } catch {}
    },
    /** The edge refused a ticket: what it says of these fields stands beside them. */
    refused(text) {
      isSent = false;
      keep();
      try {
        for (const { field, code } of JSON.parse(text).errors || []) {
          if (field.startsWith('fields.')) complain(field.slice(7), say(code === 'required' || code === 'too_long' ? 'error.' + code : 'error.value'));
        }
      } catch {}
    },
    /** A ticket that was refused is written again. */
    fill(fields) {
      values = { ...values, ...fields };
      isSent = false;
      keep();
    },
    /** Who signs in goes on with what an earlier page kept for them, unless they have begun here. */
    signIn() {
      const hasBegun = Object.keys(values).length;
      if (!hasBegun) read();
      if (!hasBegun && Object.keys(values).length && place?.isConnected) {
        shown = undefined;
        draw();
      }
      keep();
    },
    /** Somebody else is here. */
    clear() {
      values = {};
      keep();
      shown = undefined;
      if (place?.isConnected) draw();
    },
  };
};
