/* The speaker's window: notes in large type, the next scene, time on stage and by the clock. It is
   built from here and holds no script, so it needs no server; its keys move the stage. */
(function () {
  "use strict";
  const present = (window.genrelensPresent = window.genrelensPresent || {});
  const NAME = "genrelens-speaker";
  let other = null; // the second window
  let ticking = null;

  function add(parent, name, className, text) {
    const made = other.document.createElement(name);
    made.className = className;
    if (text) made.textContent = text;
    parent.appendChild(made);
    return made;
  }

  function tool(bar, label, run) {
    const made = add(bar, "button", "tool-button", label);
    made.type = "button";
    made.addEventListener("click", run);
  }

  function build() {
    const page = other.document;
    page.title = "Speaker’s notes · GenreLens";
    page.documentElement.lang = "en";
    page.documentElement.dataset.bsTheme = present.figure.mode();
    page.head.replaceChildren();
    page.body.replaceChildren();
    add(page.head, "title", "", "Speaker’s notes · GenreLens");
    add(page.head, "style", "", present.figure.styles(/speaker|:root|data-bs-theme|tool-button/));
    const root = add(page.body, "main", "speaker");
    const top = add(root, "div", "speaker-top");
    add(top, "span", "speaker-count");
    const time = add(top, "span", "speaker-time");
    time.title = "Time since the start";
    add(top, "span", "speaker-clock").title = "Time of day";
    const bar = add(top, "span", "speaker-tools");
    tool(bar, "‹ Previous", function () { present.stage.move(-1); });
    tool(bar, "Next ›", function () { present.stage.move(1); });
    tool(bar, "Clock to zero", function () { present.stage.restart(); tick(); });
    add(root, "h1", "speaker-title");
    add(root, "p", "speaker-sentence");
    add(root, "div", "speaker-notes").setAttribute("aria-live", "polite");
    const next = add(root, "div", "speaker-next");
    add(next, "h2", "", "Next");
    add(next, "p", "speaker-next-title");
    page.onkeydown = function (event) { present.stage.key(event); };
  }

  function set(name, text) {
    other.document.querySelector(".speaker-" + name).textContent = text;
  }

  function two(number) {
    return String(number).padStart(2, "0");
  }

  function tick() {
    const state = present.stage.state();
    if (!state || !other || other.closed) return stop();
    const passed = Math.floor((Date.now() - state.began) / 1000);
    set("time", two(Math.floor(passed / 60)) + ":" + two(passed % 60));
    const now = new Date();
    return set("clock", two(now.getHours()) + ":" + two(now.getMinutes()));
  }

  function follow(state) {
    if (!other || other.closed) return;
    if (!state) return stop();
    const scene = state.scenes[state.index], next = state.scenes[state.index + 1];
    set("count", "Scene " + (state.index + 1) + " of " + state.scenes.length);
    set("title", scene.title);
    set("sentence", scene.sentence);
    set("notes", scene.notes || "No notes for this scene.");
    set("next-title", next ? next.title : "This is the last scene.");
    tick();
  }

  function stop() {
    clearInterval(ticking);
    ticking = null;
    if (other && !other.closed) other.close();
    other = null;
  }

  /* Opens the window, or brings it to the front. */
  function open() {
    if (!present.stage.state()) return;
    if (other && !other.closed) return other.focus();
    other = window.open("", NAME, "popup,width=900,height=680");
    if (!other) {
      if (present.say) present.say("The browser held the second window back. Allow windows of this page.");
      return;
    }
    build();
    ticking = setInterval(tick, 1000);
    follow(present.stage.state());
  }

  present.speaker = { open: open, window: function () { return other; } };
  window.addEventListener("pagehide", stop);
  document.addEventListener("DOMContentLoaded", function () { present.stage.onMove(follow); });
})();
