/**
 * @file Files for a ticket or a message: picked, dropped or pasted, sent at once with progress, and cancelled again (W4).
 *
 * Limits are told before anything is sent, and each refusal names its file. What is still on its way when the visitor
 * sends goes along with the message through the outbox.
 */
import { typeOf, upload, whyNot } from './upload.js';

/** The usual ending of a type, for people. */
const ending = (type) => type.split('/').pop().replace('plain', 'txt').replace('jpeg', 'jpg').toUpperCase();

/** @param {ReturnType<import('./kit.js').makeKit>} kit */
export const attachments = (kit) => {
  const { box, el, button, say, size, boot } = kit;
  const held = new Map(); // files by the ticket that is being written to; '' is a new one
  let now; // the place that is shown: what is dropped or pasted goes there

  const limits = () => ({ max_bytes: 0, max_files: 0, types: [], ...boot().attachments });
  const of = (ticket) => held.get(ticket) || held.set(ticket, []).get(ticket);

  const refusal = (file, count) => {
    const { max_bytes, max_files, types } = limits();
    if (count >= max_files) return say('file.too_many', { count: max_files });
    if (!types.includes(typeOf(file))) return say('file.type');
    if (file.size > max_bytes) return say('file.too_large') + ' ' + say('file.limit', { size: size(max_bytes) });
    if (!file.size) return say('file.empty');
  };

  const send = async (one) => {
    one.cancel = new AbortController();
    one.why = '';
    draw();
    try {
      const onProgress = (share) => {
        one.share = share;
        if (one.bar) one.bar.value = share;
      };
      const { status, text } = await upload(kit, one.blob, one.name, { signal: one.cancel.signal, onProgress });
      if (status === 201) one.id = JSON.parse(text).id;
      else if (whyNot(status)) Object.assign(one, { why: say(whyNot(status)), isRefused: true });
      else one.why = say('file.later');
    } catch {
      if (!one.cancel.signal.aborted) one.why = say('file.later');
    }
    draw();
  };

  const add = (files) => {
    if (!now) return;
    const list = of(now.ticket);
    for (const file of files) {
      // What is pasted has a name that says nothing: all screenshots are called `image.png`.
      const one = { blob: file, name: file.name || 'screenshot.png', size: file.size };
      const count = list.filter((other) => !other.isRefused).length;
      one.why = refusal(file, count);
      one.isRefused = Boolean(one.why);
      list.push(one);
      if (!one.isRefused) send(one);
    }
    draw();
  };

  const remove = (one) => {
    one.cancel?.abort();
    const list = of(now.ticket);
    list.splice(list.indexOf(one), 1);
    draw();
    now.input.focus();
  };

  const row = (one) => {
    const state = el('span', one.isRefused ? 'complaint' : 'muted', one.why || (one.id ? size(one.size) : say('file.sending')));
    const cross = button('square', 'attach-remove', '', () => remove(one));
    cross.classList.add('cross');
    cross.setAttribute('aria-label', say('file.remove', { name: one.name }));
    if (one.isRefused) state.setAttribute('role', 'alert');
    one.bar = one.id || one.why ? null : Object.assign(el('progress', ''), { value: one.share || 0 });
    one.bar?.setAttribute('aria-label', one.name);
    const item = el('li', 'file', el('span', 'file-name', one.name), state, one.bar, cross);
    item.dataset.state = one.isRefused ? 'refused' : one.id ? 'sent' : one.why ? 'later' : 'sending';
    return item;
  };

  const draw = () => now?.list.replaceChildren(...of(now.ticket).map(row));

  kit.on(box, 'paste', (event) => {
    const files = event.clipboardData?.files;
    if (!files?.length || !now?.list.isConnected) return;
    event.preventDefault();
    add(files);
  });
  for (const name of ['dragover', 'dragleave', 'drop']) {
    kit.on(box, name, (event) => {
      if (!now?.list.isConnected || !event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      box.toggleAttribute('data-drop', name === 'dragover');
      if (name === 'drop') add(event.dataTransfer.files);
    });
  }

  return {
    /** Draws the button and what is attached; `ticket` is empty in the form. */
    draw(place, ticket) {
      const { max_bytes, max_files, types } = limits();
      if (!max_files || !types.length) return;
      const input = Object.assign(el('input', 'spoken'), { type: 'file', multiple: true });
      input.accept = types.join();
      input.dataset.buoy = 'attach';
      input.onchange = () => {
        add(input.files);
        input.value = '';
      };
      const told = say('file.limits', { count: max_files, size: size(max_bytes), types: types.map(ending).join(', ') });
      input.setAttribute('aria-label', say('file.add') + '. ' + told);
      const label = el('label', 'attach', el('span', 'clip', ticket ? '' : say('file.add')), input);
      label.title = told;
      const list = el('ul', 'files');
      place.replaceChildren(...(ticket ? [list, label] : [label, el('p', 'muted', told), list]));
      now = { ticket, list, input };
      draw();
    },
    /** Gives what goes along with what is sent now; what is not there yet goes as bytes. */
    take(ticket) {
      const good = of(ticket).filter((one) => !one.isRefused);
      good.forEach((one) => one.id || one.cancel?.abort());
      held.delete(ticket);
      draw();
      return good.map(({ id, name, blob }) => ({ id, name, blob }));
    },
    /** Whether something is attached: a message may then say nothing else. */
    names: (ticket) => of(ticket).filter((one) => !one.isRefused).map((one) => one.name),
    clear() {
      held.forEach((list) => list.forEach((one) => one.cancel?.abort()));
      held.clear();
      draw();
    },
  };
};
