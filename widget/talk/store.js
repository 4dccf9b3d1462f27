/**
 * @file Where the outbox keeps what was not acknowledged: IndexedDB, so that it survives a reload and a crash; memory where
 * a browser or a page refuses storage, and then it lives as long as the page.
 *
 * All tabs share it. Whether something is left is decided by what is stored and under one lock, never by what a tab
 * remembers: else one tab takes away what another has just put.
 */

/** Does something while no other tab does it; at once where a browser or a page has no such locks. */
export const alone = async (name, act) => {
  let isHeld;
  try {
    return await navigator.locks.request(name, () => {
      isHeld = true;
      return act();
    });
  } catch (error) {
    if (isHeld) throw error;
    return act();
  }
};

/** WebKit keeps no file in a window that is to leave nothing behind, but keeps the file's bytes. */
const withBytes = async (entry) => {
  const opened = async ({ blob, ...file }) => (blob ? { ...file, type: blob.type, bytes: await blob.arrayBuffer() } : file);
  return { ...entry, files: await Promise.all(entry.files.map(opened)) };
};

/** An entry as it was before [`withBytes`]. */
const withFiles = (entry) => {
  const closed = ({ bytes, type, ...file }) => (bytes ? { ...file, blob: new File([bytes], file.name, { type }) } : file);
  return { ...entry, files: entry.files.map(closed) };
};

/**
 * @param {string} name of the database; it exists only while something waits
 * @returns {{isMarked: () => boolean, all: () => Promise<object[]>, put: (entry: object) => Promise<boolean>, remove: (key: string) => Promise<void>, clear: () => Promise<void>, tidy: () => Promise<void>}}
 */
export const openStore = (name) => {
  /** The mark by which a later page knows that something waits; also gone after a log-out of a page without a panel. */
  const flag = name + ':outbox';
  const memory = new Map();
  let last;
  let removals = 0;

  /** One act after the other, of this tab and of all; what an act throws is its own matter. */
  const inTurn = (act) => (last = Promise.resolve(last).then(() => alone(name + ':store', act).catch(() => {})));

  const open = () =>
    new Promise((resolve, reject) => {
      const asked = indexedDB.open(name, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore('outbox', { keyPath: 'key' });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = asked.onblocked = () => reject(asked.error);
    });

  /** One act on the table; a connection is opened for it and closed again, so that nothing keeps the database from going. */
  const act = async (mode, use) => {
    const database = await open();
    try {
      return await new Promise((resolve, reject) => {
        const change = database.transaction('outbox', mode);
        const asked = use(change.objectStore('outbox'));
        change.oncomplete = () => resolve(asked?.result);
        change.onerror = change.onabort = () => reject(change.error);
      });
    } finally {
      database.close();
    }
  };

  const drop = () =>
    new Promise((done) => {
      const asked = indexedDB.deleteDatabase(name);
      asked.onsuccess = asked.onerror = asked.onblocked = done;
    });

  /** The database first: a mark without it costs a look, what is stored without a mark is taken for left behind. */
  const forget = async () => {
    try {
      await drop();
    } finally {
      delete localStorage[flag];
    }
  };

  const isMarked = () => {
    try {
      return Boolean(localStorage[flag]);
    } catch {
      return false;
    }
  };

  const read = async () => {
    let kept = [];
    try {
      // Looking alone would make a database.
      if (isMarked()) kept = await act('readonly', (table) => table.getAll());
    } catch {}
    return [...kept.map(withFiles), ...memory.values()];
  };

  return {
    isMarked,
    /** Everything that is kept. What is being taken out while this looks would come back by it, so it looks again. */
    async all() {
      let kept, before;
      do {
        before = removals;
        kept = await inTurn(read);
      } while (before !== removals);
      return kept;
    },
    /** Says whether it will survive a reload. */
    put: (entry) =>
      inTurn(async () => {
        const wasMarked = isMarked();
        try {
          // Of a visitor who logged out while there was no panel nothing is left.
          if (!wasMarked) await drop();
          localStorage[flag] = 1;
          const keep = (kept) => act('readwrite', (table) => table.put(kept));
          await keep(entry).catch(async () => keep(await withBytes(entry)));
          memory.delete(entry.key);
          return true;
        } catch {
          memory.set(entry.key, entry);
          if (!wasMarked) delete localStorage[flag];
          return false;
        }
      }),
    remove(key) {
      removals++;
      return inTurn(async () => {
        memory.delete(key);
        const left = await act('readwrite', (table) => {
          table.delete(key);
          return table.count();
        });
        if (!left) await forget();
      });
    },
    /** Takes the database away. */
    clear() {
      removals++;
      return inTurn(() => {
        memory.clear();
        return forget();
      });
    },
    /** Takes away what should not be there: a mark of nothing, and what a log-out left that found no panel. */
    tidy: () =>
      inTurn(async () => {
        if (!isMarked()) await drop();
        else if (!(await act('readonly', (table) => table.count()))) await forget();
      }),
  };
};

/** 128 random bits as text, for an idempotency key: pages without TLS have no `randomUUID`. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
