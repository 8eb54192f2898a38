/* Fetches cards anew: loads the page of each address in a frame that nobody sees, waits until the
   card is drawn, whatever else the page has, and takes what it shows. Cards of one page are taken
   from one load. */
(function () {
  "use strict";
  const present = (window.genrelensPresent = window.genrelensPresent || {});
  const PATIENCE_MS = 60000; // for one page
  const CARD_MS = 15000; // for a card on a page that is otherwise at rest
  const POLL_MS = 25;
  const STEADY = 12; // looks at which a card must be hidden or empty: callbacks follow one another
  const ABSENT = "these results do not show this card.";
  const BETWEEN = "/present"; // nothing is drawn on it in a frame
  const SIZE = { width: 1280, height: 900 };

  function wait(ms) {
    return new Promise(function (resolve) { setTimeout(resolve, ms); });
  }

  function cancelled(signal) {
    if (signal && signal.aborted) {
      const error = new Error("Cancelled.");
      error.name = "AbortError";
      throw error;
    }
  }

  function newFrame() {
    const frame = document.createElement("iframe");
    frame.className = "present-frame";
    frame.title = "A page that is read for the presentation";
    frame.tabIndex = -1;
    frame.inert = true;
    frame.setAttribute("aria-hidden", "true");
    frame.width = SIZE.width;
    frame.height = SIZE.height;
    document.body.appendChild(frame);
    return frame;
  }

  /* What Dash's callbacks under way will write, as their outputs' names; null where it cannot tell. */
  function underWay(frame) {
    if (!frame.store) return null;
    const callbacks = frame.store.getState().callbacks || {};
    return Object.keys(callbacks).filter(function (name) {
      return name !== "stored" && Array.isArray(callbacks[name]);
    }).flatMap(function (name) {
      return callbacks[name].map(function (one) { return String((one.callback || {}).output); });
    });
  }

  /* Whether the page is there and no callback is under way. */
  function atRest(frame) {
    const names = underWay(frame);
    return Boolean(names) && !names.length && !frame.store.getState().isLoading &&
      Boolean(frame.document.querySelector("#main h1"));
  }

  /* Whether nothing more will be written to a card, nor to a control, whatever other cards do: a
     callback that waits for a control is under way as long as the control's is. */
  function settled(frame, card) {
    const names = underWay(frame);
    return Boolean(names) && names.every(function (name) {
      return !name.includes(card) && !name.includes("control");
    });
  }

  function taken(frame, card) {
    const snapshot = frame.genrelens && frame.genrelens.snapshot && frame.genrelens.snapshot(card);
    const drawn = snapshot && snapshot.sentence && snapshot.figure && snapshot.figure.data.length;
    return drawn ? snapshot : null;
  }

  /* Why a card will show nothing, however long one waits; "" while it may yet be drawn. */
  function absence(frame, there, name) {
    if (!there || there.closest("[hidden]")) return atRest(frame) ? ABSENT : "";
    if (!settled(frame, name)) return "";
    const failure = there.querySelector(".card-error:not([hidden])");
    if (failure) return failure.textContent.trim();
    const said = frame.document.getElementById(name + "-sentence");
    return there.hasAttribute("data-empty") ? (said && said.textContent.trim()) || ABSENT : "";
  }

  /* Resolves to {snapshot: what the card shows} or {problem: why it shows nothing}. */
  async function card(frame, name, signal) {
    const until = Date.now() + CARD_MS;
    let place = null, absent = "", looks = 0;
    for (;;) {
      cancelled(signal);
      const there = frame.document.getElementById(name + "-card");
      if (there && there !== place) there.scrollIntoView(); // figures may wait to come into sight
      place = there;
      const now = absence(frame, there, name);
      looks = now === absent ? looks + 1 : 0;
      absent = now;
      if (absent && looks >= STEADY) return { problem: absent };
      const snapshot = !absent && taken(frame, name);
      if (snapshot && settled(frame, name)) return { snapshot: snapshot };
      if (Date.now() > until && atRest(frame)) return { problem: ABSENT };
      if (Date.now() > until + PATIENCE_MS) return { problem: "it was not drawn in time." };
      await wait(POLL_MS);
    }
  }

  async function until(frame, holds, signal) {
    const end = Date.now() + PATIENCE_MS;
    while (Date.now() < end) {
      cancelled(signal);
      const inside = frame.contentWindow;
      if (inside.location.href !== "about:blank" && inside.store && holds(inside)) return true;
      await wait(POLL_MS);
    }
    return false;
  }

  /* As a link of the page does it: the scripts stay, only the content is asked for. */
  function push(inside, address) {
    inside.history.replaceState({}, "", address);
    inside.dispatchEvent(new inside.CustomEvent("_dashprivate_pushstate"));
  }

  function isBetween(inside) {
    return Boolean(inside.document.getElementById("present-app"));
  }

  /* The frame goes to a page without cards before each other one: a card that is there is never one
     of the page before. */
  async function loadPage(frame, address, signal) {
    if (address.split("?")[0] === BETWEEN) return false; // which has no cards
    if (frame.contentWindow.location.href === "about:blank") {
      frame.contentWindow.location.replace(address);
    } else {
      push(frame.contentWindow, BETWEEN);
      if (!await until(frame, isBetween, signal)) return false;
      push(frame.contentWindow, address);
    }
    return until(frame, function (inside) { return !isBetween(inside); }, signal);
  }

  /* Removes the frame once its page has what it asked for: a request that is cut off is a failed one. */
  async function putAway(frame) {
    const end = Date.now() + PATIENCE_MS;
    while (frame.isConnected && Date.now() < end && !atRest(frame.contentWindow)) await wait(POLL_MS);
    frame.remove();
  }

  function split(address) {
    const [page, fragment] = address.split("#");
    return { page: page, card: (fragment || "").replace(/-card$/, "") };
  }

  /* Asks for cards by address; each wanted one may carry title, notes and hidden. `arrived` is told
     of each scene with its number as soon as it is there.
     Resolves to {scenes: one or null for each, problems: what people should know}. */
  async function cards(wanted, options) {
    const signal = options && options.signal, progress = (options && options.progress) || function () {};
    const arrived = (options && options.arrived) || function () {};
    const scenes = wanted.map(function () { return null; }), problems = [];
    const pages = Array.from(new Set(wanted.map(function (one) { return split(one.address).page; })));
    let done = 0;
    progress(0, wanted.length);
    const frame = newFrame();
    try {
      for (const page of pages) {
        const loaded = await loadPage(frame, page, signal);
        for (let k = 0; k < wanted.length; k += 1) {
          if (split(wanted[k].address).page !== page) continue;
          const found = loaded ? await card(frame.contentWindow, split(wanted[k].address).card, signal)
            : { problem: "its page did not load in time." };
          const problem = found.problem || tried(function () {
            scenes[k] = kept(found.snapshot, wanted[k], frame.contentWindow);
          });
          if (problem) problems.push("“" + (wanted[k].title || wanted[k].address) + "”: " + problem);
          else await arrived(scenes[k], k);
          done += 1;
          progress(done, wanted.length);
        }
      }
    } catch (error) {
      frame.remove();
      throw error;
    }
    putAway(frame); // nobody waits for it
    return { scenes: scenes, problems: problems };
  }

  /* Runs `work`; returns why one card cannot be a scene, which the others need not suffer from. */
  function tried(work) {
    try {
      work();
      return "";
    } catch (error) {
      return error.message;
    }
  }

  function kept(snapshot, wanted, frame) {
    const scene = present.deck.frozen(snapshot, {
      frame: frame, title: wanted.title, notes: wanted.notes, hidden: wanted.hidden,
    });
    scene.address = wanted.address; // the page writes defaults out of it
    return scene;
  }

  present.fetch = { cards: cards };
})();
