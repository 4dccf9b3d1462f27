/**
 * @file Where the outbox keeps what was not acknowledged: IndexedDB, so that it survives a reload and a crash; memory where
 * a browser or a page refuses storage, and then it lives as long as the page.
 */

/**
 * @param {string} name of the database; it exists only while something waits
 * @returns {{all: () => Promise<object[]>, put: (entry: object) => Promise<boolean>, remove: (key: string) => Promise<void>, clear: () => Promise<void>}}
 */
export const openStore = (name) => {
  const memory = new Map();

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

  return {
    /** Everything that is kept, the oldest first. */
    async all() {
      let kept = [];
      try {
        kept = await act('readonly', (table) => table.getAll());
      } catch {}
      return [...kept, ...memory.values()].sort((one, other) => one.at - other.at);
    },
    /** Says whether it will survive a reload. */
    async put(entry) {
      try {
        await act('readwrite', (table) => table.put(entry));
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
        await act('readwrite', (table) => table.delete(key));
      } catch {}
    },
    /** Takes the database away. */
    async clear() {
      memory.clear();
      try {
        indexedDB.deleteDatabase(name);
      } catch {}
    },
  };
};
