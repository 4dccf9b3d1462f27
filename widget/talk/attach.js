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
    const cancel = (one.cancel = new AbortController());
    one.why = '';
    show(one);
    try {
      const onProgress = (share) => {
        one.share = share;
        if (one.bar) one.bar.value = share;
      };
      const { status, text } = await upload(kit, one.blob, one.name, { signal: cancel.signal, onProgress });
      if (cancel !== one.cancel) return; // it is being sent again
      if (status === 201) one.id = JSON.parse(text).id;
      else if (whyNot(status)) Object.assign(one, { why: say(whyNot(status)), isRefused: true });
      else one.why = say('file.later');
    } catch {
      if (cancel !== one.cancel) return;
      if (!cancel.signal.aborted) one.why = say('file.later');
    }
    show(one);
  };

  /** Attaches one more, or says why not; one that is there already is not sent again. */
  const attach = (ticket, one) => {
    const list = of(ticket);
    one.why ||= refusal(one.blob, list.filter((other) => !other.isRefused).length) || '';
    one.isRefused = Boolean(one.why);
    list.push(one);
    if (now?.ticket === ticket) now.list.append(row(one));
    if (!one.isRefused && !one.id) send(one);
  };

  const add = (files) => {
    if (!now) return;
    // What is pasted has a name that says nothing: all screenshots are called `image.png`.
    for (const file of files) attach(now.ticket, { blob: file, name: file.name || 'screenshot.png', size: file.size });
  };

  const remove = (one) => {
    one.cancel?.abort();
    const list = of(now.ticket);
    list.splice(list.indexOf(one), 1);
    one.row.remove();
    now.input.focus();
  };

  /** Brings its row up to date, in place: a row that is made anew would take the focus from its cross. */
  const show = (one) => {
    if (!one.row) return;
    one.state.className = one.isRefused ? 'complaint' : 'muted';
    if (one.isRefused) one.state.setAttribute('role', 'alert');
    one.state.textContent = one.why || (one.id ? size(one.size) : say('file.sending'));
    one.bar.hidden = Boolean(one.id || one.why);
    one.bar.value = one.share || 0;
    one.row.dataset.state = one.isRefused ? 'refused' : one.id ? 'sent' : one.why ? 'later' : 'sending';
  };

  const row = (one) => {
    const cross = button('square', 'attach-remove', '', () => remove(one));
    cross.classList.add('cross');
    cross.setAttribute('aria-label', say('file.remove', { name: one.name }));
    one.state = el('span', '');
    one.bar = el('progress', '');
    one.bar.setAttribute('aria-label', one.name);
    one.row = el('li', 'file', el('span', 'file-name', one.name), one.state, one.bar, cross);
    show(one);
    return one.row;
  };

  const draw = () => now?.list.replaceChildren(...of(now.ticket).map(row));

  kit.on(box, 'paste', (event) => {
    const data = event.clipboardData;
    const files = data?.files;
    if (!files?.length || !now?.list.isConnected) return;
    // Cells of a spreadsheet come as text and as a picture of themselves, and the text is meant. Of files themselves the
    // only text may be their names.
    const names = Array.from(files, (file) => file.name);
    if (data.getData('text/plain').split(/[\r\n]+/).some((line) => line && !names.includes(line))) return;
    event.preventDefault();
    add(files);
  });
  for (const name of ['dragover', 'dragleave', 'drop']) {
    kit.on(box, name, (event) => {
      if (!now?.list.isConnected || !event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      event.stopPropagation(); // the page may take files that are dropped anywhere
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
    /** Gives files back that were taken and did not go; `refused` says which of them the edge does not take, and why. */
    give(ticket, files, refused) {
      for (const { id, name, blob } of files) {
        const why = !id && refused?.name === name ? say(refused.text) : '';
        attach(ticket, { id, name, blob, size: blob.size, why });
      }
    },
    /** Whether something is attached: a message may then say nothing else. */
    names: (ticket) => of(ticket).filter((one) => !one.isRefused).map((one) => one.name),
    /** Who attached them has a name now: what the form holds is sent again under it, since the edge gives a file to its sender alone. */
    rename() {
      const ours = of('');
      held.delete('');
      held.forEach((list) => list.forEach((one) => one.cancel?.abort()));
      held.clear();
      held.set('', ours);
      for (const one of ours.filter((one) => !one.isRefused)) {
        one.cancel?.abort();
        one.id = undefined;
        send(one);
      }
    },
    clear() {
      held.forEach((list) => list.forEach((one) => one.cancel?.abort()));
      held.clear();
      draw();
    },
  };
};
