/** @file Sends one file to `uploads/`, with progress; `fetch` would know nothing of it. */

/** Longest wait for one file: 10 MB over a phone's slow line. */
const TIMEOUT_MS = 180_000;

/** Types of names whose type browsers do not tell, or tell as one program of the machine calls it (`text/x-log`). */
const TYPES = { log: 'text/plain', txt: 'text/plain', csv: 'text/csv' };

/** The type of a file, also where the browser names none that others know. */
export const typeOf = (file) => TYPES[file.name.split('.').pop().toLowerCase()] || file.type;

/**
 * @returns {Promise<{status: number, text: string}>} rejects when the line was lost or `signal` ended it
 */
export const upload = async (kit, file, name, { signal, onProgress, check } = {}) => {
  for (let refused = false; ; refused = true) {
    const token = await kit.tokenOf(refused);
    check?.();
    const answer = await new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open('POST', kit.config.origin + '/api/support/uploads/');
      request.timeout = TIMEOUT_MS;
      request.setRequestHeader('authorization', 'Bearer ' + token);
      request.setRequestHeader('content-type', typeOf(file));
      request.setRequestHeader('x-file-name', encodeURIComponent(name));
      request.upload.onprogress = ({ loaded, total }) => onProgress?.(loaded / total);
      request.onload = () => resolve({ status: request.status, text: request.responseText });
      request.onerror = request.ontimeout = request.onabort = reject;
      signal?.addEventListener('abort', () => request.abort());
      request.send(file);
    });
    if (answer.status !== 401 || refused) return answer;
  }
};

/** Why the edge did not take a file, as a key of our words; nothing when it may take it later. */
export const whyNot = (status) => {
  if (status === 413) return 'file.too_large';
  if (status === 415) return 'file.type';
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'file.wrong' : '';
};

/**
 * Sends the files of an entry that are not there yet; each id is kept before the next, so that nothing is sent twice.
 * Gives the refusal of the first that is not taken.
 */
export const sendFiles = async (kit, entry, check, keep) => {
  for (const file of entry.files) {
    if (file.id) continue;
    const { status, text } = await upload(kit, file.blob, file.name, { check });
    if (status === 201) {
      file.id = JSON.parse(text).id;
      await keep();
    } else if (whyNot(status)) {
      return { text: whyNot(status), name: file.name };
    } else {
      throw Object.assign(Error(String(status)), { isHeld: true });
    }
  }
};
