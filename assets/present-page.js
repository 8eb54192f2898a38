/* The page /present: its buttons, messages and states. What each does is in the file of its name. */
(function () {
  "use strict";
  const present = (window.genrelensPresent = window.genrelensPresent || {});
  window.dash_clientside = window.dash_clientside || {};
  let fetching = null; // AbortController of the cards under way
  let offered = null; // what a link holds, until it is answered

  function byId(id) { return document.getElementById(id); }

  function deck() { return present.store.current(); }

  function results() {
    const place = byId("results-id");
    return (place && place.dataset.results) || "";
  }

  function stale(one) {
    return results() && one.results && one.results !== results();
  }

  function announce(text) { present.list.announce(text); }

  function fail(error) {
    const place = byId("present-error");
    if (!place) return;
    if (error.name === "AbortError") return announce("Cancelled. Nothing was changed.");
    place.textContent = error.message || String(error);
    place.hidden = false;
    return place.focus();
  }

  function clearMessages() {
    byId("present-error").hidden = true;
    byId("present-problems").hidden = true;
  }

  function showProblems(problems) {
    const place = byId("present-problems");
    place.hidden = !problems.length;
    place.replaceChildren.apply(place, problems.map(function (text) {
      const line = document.createElement("p");
      line.textContent = text;
      return line;
    }));
  }

  function render() {
    const list = byId("present-list"), title = byId("present-title");
    if (!list || !title) return; // the page is not here, or its fields are still to come
    const now = deck(), count = now.scenes.length;
    present.list.render(list, now, results());
    byId("present-empty").hidden = count > 0 || Boolean(fetching);
    byId("present-tools").hidden = count === 0 && !present.store.canUndo();
    if (title !== document.activeElement) title.value = now.title;
    title.parentNode.hidden = count === 0;
    const shown = present.deck.shown(now).length;
    document.querySelectorAll("[data-needs-scenes]").forEach(function (button) {
      button.disabled = !shown;
    });
    document.querySelector('[data-present="undo"]').disabled = !present.store.canUndo();
    document.title = (count ? (now.title || "Presentation") + ": " + present.deck.counted(count)
      : "Presentation") + " · GenreLens";
    showStale(now.scenes.filter(stale).length, count);
  }

  function showStale(number, count) {
    byId("present-stale").hidden = !number;
    if (!number) return;
    byId("present-stale-text").textContent = "Results have changed since " +
      (number === count ? "these scenes were" : number + " of these scenes " +
      (number === 1 ? "was" : "were")) + " added. They still show what was true then.";
  }

  /* Shows that something is under way, which “Cancel” ends; it has the focus of what is put away. */
  function begin(text) {
    const empty = byId("present-empty"), asked = empty.contains(document.activeElement);
    byId("present-progress").hidden = false;
    empty.hidden = true;
    if (asked) document.querySelector("#present-progress button").focus();
    byId("present-bar").style.width = "0";
    byId("present-step").textContent = text;
    announce(text);
    return (fetching = new AbortController());
  }

  function end() {
    fetching = null;
    const progress = byId("present-progress");
    if (!progress) return;
    const focused = progress.contains(document.activeElement);
    progress.hidden = true;
    render();
    const next = document.querySelector("#present-empty:not([hidden]) button") || byId("present-title");
    if (focused && next) next.focus();
  }

  /* Fetches cards with progress; resolves to their scenes, rejects when cancelled. */
  function fetchCards(wanted, begun, arrived) {
    const controller = begun || begin("Fetching " + present.deck.counted(wanted.length));
    return present.fetch.cards(wanted, {
      signal: controller.signal,
      arrived: arrived,
      progress: function (done, total) {
        if (!byId("present-bar")) return controller.abort(); // the page was left
        byId("present-bar").style.width = (100 * done) / total + "%";
        byId("present-step").textContent = "Fetching scenes: " + done + " of " + total;
        return undefined;
      },
    }).finally(end);
  }

  function cameAll(count) {
    return present.deck.counted(count) + (count === 1 ? " is here." : " are here.");
  }

  /* Fetches cards and puts them in place of the presentation, or behind its scenes, as they come. */
  async function take(title, wanted, options) {
    const arrival = present.arrive.begin(title, wanted.length, options.add);
    let found;
    try {
      found = await fetchCards(wanted, options.begun, arrival.scene);
    } catch (error) {
      if (error.name !== "AbortError" || !arrival.count()) throw error;
      return announce("Cancelled. " + cameAll(arrival.count()) + " Undo brings back what was here before.");
    }
    if (!arrival.count()) {
      return fail(new Error("None of these scenes is in the results here. " + found.problems.join(" ")));
    }
    showProblems((options.skipped || []).concat(found.problems));
    return announce(cameAll(arrival.count()));
  }

  async function readyMade() {
    const begun = begin("Asking which scenes these results have");
    const response = await fetch(byId("present-app").dataset.story, { signal: begun.signal });
    const story = await response.json();
    if (!response.ok) throw new Error(story.error);
    if (!story.scenes.length) throw new Error("These results tell no story. " + story.skipped.join(" "));
    await take(story.title, story.scenes, { skipped: story.skipped, begun: begun });
  }

  async function renew() {
    const old = deck().scenes.filter(function (one) { return one.address && stale(one); });
    const found = await fetchCards(old);
    const fresh = new Map(old.map(function (one, k) { return [one.id, found.scenes[k]]; }));
    const renewed = found.scenes.filter(Boolean).length;
    if (!renewed) return fail(new Error("None of these scenes could be fetched anew. " + found.problems.join(" ")));
    await present.store.update(function (now) {
      return Object.assign({}, now, {
        scenes: now.scenes.map(function (one) {
          const anew = fresh.get(one.id);
          return anew ? Object.assign({}, anew, {
            id: one.id, title: one.title, notes: one.notes, hidden: one.hidden, address: one.address,
          }) : one;
        }),
      });
    }, { undo: true });
    showProblems(found.problems);
    return announce((renewed === old.length ? "" : renewed + " of ") + present.deck.counted(old.length) +
      (renewed === 1 ? " shows" : " show") + " the results of today.");
  }

  async function openFile(file) {
    const read = await present.files.open(file);
    await present.store.update(function () { return read; }, { undo: true });
    announce("Opened “" + (read.title || file.name) + "” with " + present.deck.counted(read.scenes.length) + ".");
  }

  async function copyLink() {
    const made = await present.files.link(deck());
    const place = byId("present-link");
    place.value = made.address;
    place.parentNode.hidden = false;
    byId("present-link-note").textContent = made.long
      ? "Long: some programs cut such a link. A file is safer." : "Copied. Whoever opens it sees these cards.";
    place.select();
    try {
      await navigator.clipboard.writeText(made.address);
    } catch (error) {
      byId("present-link-note").textContent = "Copy it with Ctrl+C.";
    }
    announce(byId("present-link-note").textContent);
  }

  /* A link in the address: opened at once where nothing is lost, else offered. */
  async function followLink() {
    const hash = window.location.hash;
    if (!present.files.isLink(hash)) return;
    window.history.replaceState(window.history.state, "", window.location.pathname);
    const link = await present.files.readLink(hash);
    await present.store.load();
    if (!deck().scenes.length) return take(link.title, link.wanted, {});
    offered = link;
    byId("present-offer-text").textContent = "The link holds " + (link.title ? "“" + link.title + "”, " : "") +
      present.deck.counted(link.wanted.length) + ". Yours has " +
      deck().scenes.length + ".";
    byId("present-offer").hidden = false;
    return byId("present-offer").querySelector("button").focus();
  }

  function answer(add) {
    const link = offered;
    offered = null;
    byId("present-offer").hidden = true;
    return link && take(link.title, link.wanted, { add: add });
  }

  function clear() {
    return present.store.update(function () { return present.deck.empty(); }, { undo: true })
      .then(function () { announce("Emptied. Undo brings the scenes back."); });
  }

  function show(id) {
    const scenes = present.deck.shown(deck());
    const at = scenes.findIndex(function (one) { return one.id === id; });
    present.stage.open(deck(), { at: Math.max(at, 0), full: true });
  }

  const ACTIONS = {
    show: function () { show(null); },
    undo: function () { return present.store.undo(); },
    clear: clear,
    story: readyMade,
    save: function () { present.files.save(deck()); },
    open: function () { byId("present-file").click(); },
    link: copyLink,
    html: function () { return present.page.html(deck()); },
    pdf: function () { return present.page.print(deck()); },
    pptx: function () { return present.page.pptx(deck()); },
    renew: renew,
    cancel: function () { if (fetching) fetching.abort(); },
    replace: function () { return answer(false); },
    append: function () { return answer(true); },
    leave: function () { offered = null; byId("present-offer").hidden = true; },
    follow: followLink,
  };

  const CHANGES = ["story", "renew", "replace", "append", "clear", "undo"];

  async function act(name, button) {
    if (fetching && CHANGES.includes(name)) return; // one after the other
    if (name !== "cancel") clearMessages();
    if (button) button.setAttribute("aria-busy", "true");
    try {
      await ACTIONS[name](button);
    } catch (error) {
      if (name === "story") end(); // it may fail before cards are fetched
      fail(error);
    } finally {
      if (button) button.removeAttribute("aria-busy");
    }
  }

  document.addEventListener("click", function (event) {
    const button = event.target instanceof Element && event.target.closest("[data-present]");
    if (button && !button.disabled) act(button.dataset.present, button);
  });

  document.addEventListener("keydown", function (event) {
    const undo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
    if (!undo || !byId("present-list") || event.target.closest("input, textarea")) return;
    event.preventDefault();
    act("undo");
  });

  function mount() {
    if (window.parent === window) { // not in a frame that only reads a card
      present.fields.build(function (file) {
        clearMessages();
        openFile(file).catch(fail);
      });
      present.store.load().then(render).then(followLink).catch(fail);
    }
    return window.dash_clientside.no_update;
  }

  /* A link that is pasted where the page is open already changes what is behind “#”, and no more. */
  function linkPasted() {
    if (!byId("present-list") || !present.files.isLink(window.location.hash)) return undefined;
    if (!fetching) return act("follow");
    window.history.replaceState(window.history.state, "", window.location.pathname);
    return fail(new Error("Scenes are being fetched. Cancel that, or paste the link once they are here."));
  }

  present.page = Object.assign(present.page || {}, { show: show, announce: announce });
  window.dash_clientside.genrelensPresent = { mount: mount };
  document.addEventListener("DOMContentLoaded", function () { present.store.onChange(render); });
  window.addEventListener("hashchange", linkPasted);
  new MutationObserver(render).observe(document.documentElement, {
    attributes: true, attributeFilter: ["data-bs-theme"],
  });
})();
