/* Where the presentation lives: in this browser's IndexedDB, one record. A change reads and writes
   in one transaction, so two tabs do not overwrite each other; the others hear of it. Listeners get
   the new presentation; the bar shows how many scenes there are. */
(function () {
  "use strict";
  const present = (window.genrelensPresent = window.genrelensPresent || {});
  const NAME = "genrelens-present", STORE = "decks", KEY = "current";
  const MOST_UNDONE = 20;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(NAME) : null;
  const listeners = [];
  const before = []; // presentations that “Undo” brings back, in this tab
  let memory = null; // what was read or written last
  let base = null; // a promise of the database; of null where the browser gives none

  function database() {
    base = base || new Promise(function (resolve) {
      let request;
      try {
        request = indexedDB.open(NAME, 1);
      } catch (error) {
        return resolve(null); // storage is switched off: the presentation lives in this tab
      }
      request.onupgradeneeded = function () { request.result.createObjectStore(STORE); };
      request.onsuccess = function () { resolve(request.result); };
      request.onerror = function () { resolve(null); };
      return undefined;
    });
    return base;
  }

  /* What is stored, or an empty presentation where that cannot be read. */
  function checked(value) {
    try {
      return value ? present.deck.read(value) : present.deck.empty();
    } catch (error) {
      return present.deck.empty();
    }
  }

  function stored(opened) {
    return new Promise(function (resolve, reject) {
      const request = opened.transaction(STORE).objectStore(STORE).get(KEY);
      request.onsuccess = function () { resolve(request.result); };
      request.onerror = function () { reject(request.error); };
    });
  }

  /* Where the database cannot be read (any more), what this tab holds counts. */
  async function load() {
    const opened = await database();
    try {
      if (opened) memory = checked(await stored(opened));
    } catch (error) {
      base = null; // a lost connection: the next time opens it anew
    }
    return (memory = memory || present.deck.empty());
  }

  function full() {
    return new Error("This browser has no more room for the presentation. Save it as a file, then " +
      "remove scenes.");
  }

  /* Applies `change` (deck -> deck) to what is stored now, and resolves to the result. */
  async function written(change) {
    const opened = await database();
    if (!opened) return change(memory || present.deck.empty());
    return new Promise(function (resolve, reject) {
      const transaction = opened.transaction(STORE, "readwrite");
      const store = transaction.objectStore(STORE);
      const request = store.get(KEY);
      let made, refused;
      request.onsuccess = function () {
        try {
          made = change(checked(request.result));
          store.put(made, KEY);
        } catch (error) {
          refused = error;
          transaction.abort();
        }
      };
      transaction.oncomplete = function () { resolve(made); };
      transaction.onabort = function () { reject(refused || full()); };
    });
  }

  function tell(deck) {
    memory = deck;
    showCount(deck);
    listeners.forEach(function (listener) { listener(deck); });
  }

  async function update(change, options) {
    let old;
    const made = await written(function (deck) {
      old = deck;
      return change(deck);
    });
    if (options && options.undo) {
      before.push(old);
      before.splice(0, before.length - MOST_UNDONE);
    }
    tell(made);
    if (channel) channel.postMessage("changed");
    return made;
  }

  function showCount(deck) {
    const link = document.querySelector(".bar-link-present");
    if (!link) return;
    if (deck.scenes.length) link.dataset.count = deck.scenes.length;
    else delete link.dataset.count;
  }

  present.store = {
    load: load,
    update: update,
    current: function () { return memory || present.deck.empty(); },
    onChange: function (listener) { listeners.push(listener); },
    canUndo: function () { return before.length > 0; },
    undo: function () {
      const deck = before.pop();
      return deck ? update(function () { return deck; }) : Promise.resolve(memory);
    },
    changeScene: function (id, values, options) {
      return update(function (deck) {
        const scenes = deck.scenes.map(function (one) {
          return one.id === id ? Object.assign({}, one, values) : one;
        });
        return Object.assign({}, deck, { scenes: scenes });
      }, options);
    },
  };

  function start() {
    if (window.parent !== window) return; // a frame that only fetches a card
    load().then(tell);
    if (channel) {
      channel.onmessage = function () {
        before.length = 0; // “Undo” would take back what the other tab did, too
        load().then(tell);
      };
    }
    /* The bar is drawn after this script ran. */
    const watch = new MutationObserver(function () {
      if (!document.querySelector(".bar-link-present")) return;
      watch.disconnect();
      showCount(present.store.current());
    });
    watch.observe(document.body, { childList: true, subtree: true });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
