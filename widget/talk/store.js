/**
 * @file Where the outbox keeps what was not acknowledged: IndexedDB, so that it survives a reload and a crash; memory where
 * a browser or a page refuses storage, and then it lives as long as the page.
 */

/**
 * Tabs share the database: whatever touches it does so alone (Web Locks), so that no tab takes it away while another puts
 * something in. The mark in `localStorage` goes with it, by which a later page knows that something waits.
 *
 * @param {string} name of the database; it exists only while something waits
 * @returns {{all: () => Promise<object[]>, put: (entry: object) => Promise<boolean>, remove: (key: string) => Promise<void>, tidy: () => Promise<void>, clear: (isForced: boolean) => Promise<void>, hasMark: () => boolean}}
 */
export const openStore = (name) => {
  const memory = new Map();
  const flag = name + ':outbox';

  const alone = (act) => (navigator.locks ? navigator.locks.request(name + ':store', act) : act());

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

  const hasMark = () => {
    try {
      return Boolean(localStorage[flag]);
    } catch {
      return false;
    }
  };

  const mark = (isAnyKept) => {
    try {
      if (isAnyKept) localStorage[flag] = 1;
      else delete localStorage[flag];
    } catch {}
  };

  const drop = () => {
    mark(false);
    return new Promise((resolve) => {
      const asked = indexedDB.deleteDatabase(name);
      asked.onsuccess = asked.onerror = resolve;
    });
  };

  return {
    hasMark,
    /** Everything that is kept, the oldest first. */
    async all() {
      let kept = [];
      try {
        kept = await alone(() => act('readonly', (table) => table.getAll()));
      } catch {}
      return [...kept, ...memory.values()];
    },
    /** Says whether it will survive a reload. */
    async put(entry) {
      try {
        await alone(async () => {
          await act('readwrite', (table) => table.put(entry));
          mark(true);
        });
        memory.delete(entry.key);
        return true;
      } catch {
        memory.set(entry.key, entry);
        return false;
      }
    },
    async remove(key) {
      memory.delete(key);
      try {
        await alone(() => act('readwrite', (table) => table.delete(key)));
      } catch {}
    },
    /** Takes the database away where no tab has anything in it. */
    async tidy() {
      try {
        await alone(async () => (await act('readonly', (table) => table.count())) || drop());
      } catch {}
    },
    /** Takes the database away with all that is in it; unless forced, only where the mark is gone: then somebody has logged out. */
    async clear(isForced) {
      if (isForced) memory.clear();
      try {
        await alone(() => isForced || !hasMark() ? drop() : undefined);
      } catch {}
    },
  };
};
