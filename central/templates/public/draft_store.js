// The draft of the form on this device: what was typed, the chosen files, the key that makes it one case; and the receipt
// until the citizen has kept the code. In IndexedDB, because it holds files. Without it (private windows) in memory only.
const draftStore = (() => {
  const memory = new Map();
  const opened = new Promise(resolve => {
    try {
      const request = indexedDB.open("filing", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("kept");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
    } catch { resolve(null); }
  });
  const run = async (mode, step) => {
    const database = await opened;
    if (!database) throw new Error("no store");
    return new Promise((resolve, reject) => {
      const transaction = database.transaction("kept", mode), request = step(transaction.objectStore("kept"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  };
  return {
    isLasting: async () => Boolean(await opened),
    get: name => run("readonly", store => store.get(name)).catch(() => memory.get(name)),
    put: (name, value) => { memory.set(name, value); return run("readwrite", store => store.put(value, name)).then(() => true, () => false); },
    remove: name => { memory.delete(name); return run("readwrite", store => store.delete(name)).catch(() => false); },
  };
})();
