/* The stage: one scene on the whole screen, the sentence as headline, keys to go through them.
   Works without the server. Part of exported files, where it is the whole page. */
(function () {
  "use strict";
  const present = (window.genrelensPresent = window.genrelensPresent || {});
  const SWIPE_PX = 60;
  const KEYS = {
    ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, Enter: 1,
    ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Backspace: -1,
  };
  const HELP = "← → or space: scenes · Home, End · T: numbers · S: speaker’s notes · F: full screen · Esc: close";
  const movers = [];
  let show = null; // { deck title, scenes, index, began, root, back, alone, asTable }

  function element(name, className, text) {
    const made = document.createElement(name);
    made.className = className || "";
    if (text) made.textContent = text;
    return made;
  }

  function button(label, text, run) {
    const made = element("button", "tool-button", text);
    made.type = "button";
    made.setAttribute("aria-label", label);
    made.title = label;
    made.addEventListener("click", run);
    return made;
  }

  function build(alone) {
    const root = element("div", "present-stage");
    root.tabIndex = -1;
    root.setAttribute("role", alone ? "main" : "dialog");
    if (!alone) root.setAttribute("aria-modal", "true");
    root.setAttribute("aria-label", "Presentation");
    const head = element("div", "stage-head");
    head.setAttribute("aria-live", "polite");
    head.append(element("p", "stage-kicker"), element("h2", "stage-headline"));
    const figure = element("div", "stage-figure");
    const foot = element("div", "stage-foot");
    foot.append(element("p", "stage-more"), element("p", "stage-source"));
    root.append(head, figure, foot, controls(alone));
    return root;
  }

  function controls(alone) {
    const bar = element("div", "stage-controls");
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", "Scenes");
    bar.append(
      button("Previous scene", "‹", function () { move(-1); }),
      element("span", "stage-count"),
      button("Next scene", "›", function () { move(1); }),
      button("Numbers of this scene (T)", "Numbers", toggleTable)
    );
    if (present.speaker) bar.append(button("Speaker’s notes in a second window (S)", "Notes", speak));
    bar.append(button("Full screen (F)", "Full screen", toggleFull));
    if (!alone) bar.append(button("Close (Esc)", "Close", close));
    bar.title = HELP;
    return bar;
  }

  function find(name) {
    return show.root.querySelector(".stage-" + name);
  }

  function render() {
    const scene = show.scenes[show.index];
    const said = present.deck.headline(scene.sentence);
    const look = present.figure.inMode(scene, present.figure.mode());
    show.root.dataset.bsTheme = look.mode;
    show.root.dataset.scene = scene.id;
    find("kicker").textContent = scene.title;
    find("headline").textContent = (said.first || scene.title).replace(/(\d) %/g, "$1\u00a0%");
    find("headline").classList.toggle("long", said.first.length > 150);
    find("more").textContent = said.more;
    find("source").textContent = present.deck.provenance(scene);
    find("count").textContent = show.index + 1 + " / " + show.scenes.length;
    const drawn = show.asTable && scene.numbers ? tabulate(scene) : draw(scene);
    movers.forEach(function (listener) { listener(state()); });
    return drawn;
  }

  function draw(scene) {
    const place = find("figure");
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", scene.sentence);
    place.removeAttribute("tabindex");
    return present.figure.draw(place, scene, { width: place.clientWidth, height: place.clientHeight });
  }

  function tabulate(scene) {
    const place = find("figure");
    present.figure.clear(place);
    place.setAttribute("role", "region");
    place.setAttribute("aria-label", "The numbers of this scene");
    place.tabIndex = 0; // scrolls by keyboard
    place.appendChild(present.figure.table(scene.numbers));
  }

  function toggleTable() {
    show.asTable = !show.asTable;
    render();
  }

  function go(index) {
    if (!show) return;
    const last = show.scenes.length - 1;
    const wanted = Math.min(Math.max(index, 0), last);
    if (wanted === show.index) return;
    show.index = wanted;
    show.asTable = false;
    render();
  }

  function move(step) {
    if (show) go(show.index + step);
  }

  function state() {
    return show && {
      scenes: show.scenes, index: show.index, title: show.title, began: show.began,
    };
  }

  /* The time on stage is counted from here on. */
  function restart() {
    if (show) show.began = Date.now();
  }

  function speak() {
    if (present.speaker) present.speaker.open();
  }

  function toggleFull() {
    if (document.fullscreenElement) {
      show.wasFull = false; // asked for: the stage stays, in the window
      document.exitFullscreen();
    } else if (show.root.requestFullscreen) show.root.requestFullscreen().catch(function () {
      // refused: the stage fills the window all the same
    });
  }

  function others() {
    return Array.from(document.body.children).filter(function (one) { return one !== show.root; });
  }

  /* Shows scenes from `at` on. `alone`: an exported file, in which there is nothing to go back to. */
  function open(deck, options) {
    const scenes = present.deck.shown(deck);
    if (show || !scenes.length) return;
    const alone = Boolean(options.alone);
    show = {
      title: deck.title, scenes: scenes, index: Math.min(options.at || 0, scenes.length - 1),
      began: Date.now(),
      root: build(alone), back: document.activeElement, alone: alone, asTable: false, wasFull: false,
    };
    document.body.appendChild(show.root);
    if (!alone) others().forEach(function (one) { one.inert = true; });
    document.documentElement.classList.add("presenting");
    show.root.focus();
    render();
    if (options.full) toggleFull();
  }

  function close() {
    if (!show || show.alone) return;
    const ended = show;
    others().forEach(function (one) { one.inert = false; });
    present.figure.clear(find("figure"));
    show = null;
    if (document.fullscreenElement) document.exitFullscreen();
    ended.root.remove();
    document.documentElement.classList.remove("presenting");
    movers.forEach(function (listener) { listener(null); });
    if (ended.back && ended.back.focus) ended.back.focus();
  }

  /* Keys of this window and of the speaker's; returns whether one was meant for the stage. */
  function key(event) {
    if (!show || event.ctrlKey || event.metaKey || event.altKey) return false;
    const pressed = event.target && event.target.closest && event.target.closest("button");
    if (pressed && (event.key === " " || event.key === "Enter")) return false; // its own click
    const scrolls = show.asTable && /^Arrow(Up|Down)$|^Page/.test(event.key);
    if (scrolls) return false;
    if (event.key in KEYS) move(event.shiftKey && event.key === " " ? -1 : KEYS[event.key]);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(show.scenes.length - 1);
    else if (event.key === "Escape") close();
    else if (/^[tT]$/.test(event.key)) toggleTable();
    else if (/^[sS]$/.test(event.key)) speak();
    else if (/^[fF]$/.test(event.key)) toggleFull();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  function keepFocus(event) {
    if (show && !show.alone && !show.root.contains(event.target)) show.root.focus();
  }

  let startX = null;
  document.addEventListener("keydown", key, true);
  document.addEventListener("focusin", keepFocus);
  document.addEventListener("touchstart", function (event) {
    startX = show && event.touches.length === 1 ? event.touches[0].clientX : null;
  }, { passive: true });
  document.addEventListener("touchend", function (event) {
    if (!show || startX === null) return;
    const moved = event.changedTouches[0].clientX - startX;
    startX = null;
    if (Math.abs(moved) > SWIPE_PX) move(moved < 0 ? 1 : -1);
  });
  document.addEventListener("fullscreenchange", function () {
    if (!show) return;
    if (document.fullscreenElement) show.wasFull = true;
    else if (show.wasFull) close(); // Escape ends full screen without a key event
  });
  let waiting = null;
  function redraw() {
    clearTimeout(waiting);
    waiting = setTimeout(function () { if (show) render(); }, 120);
  }
  window.addEventListener("resize", redraw);
  new MutationObserver(redraw).observe(document.documentElement, {
    attributes: true, attributeFilter: ["data-bs-theme"],
  });

  present.stage = {
    open: open, close: close, go: go, move: move, key: key, state: state, restart: restart,
    onMove: function (listener) { movers.push(listener); },
  };
})();
