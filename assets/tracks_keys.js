/* The opened track on the Tracks page: the list is a playlist. Keys work on this page only, never
   while something is typed or chosen, and can be switched off in the list of keys. */
(function () {
  "use strict";
  var STORED = "genrelens-track-keys"; // "off" where a visitor switched them off
  var goesOn = false; // the next track starts to play, because this one did

  function here() {
    return document.getElementById("track-panel") !== null;
  }

  function areOn() {
    try {
      return localStorage.getItem(STORED) !== "off";
    } catch (error) {
      return true; // storage is switched off: the keys stay on
    }
  }

  function switchKeys(on) {
    try {
      localStorage.setItem(STORED, on ? "on" : "off");
    } catch (error) {
      // not remembered
    }
    nameSwitch();
  }

  function nameSwitch() {
    var button = document.getElementById("track-keys-switch");
    if (button) button.textContent = areOn() ? "Switch the keys off" : "Switch the keys on";
  }

  function control(name) {
    return { type: "control", page: "tracks", name: name };
  }

  function player() {
    return document.getElementById("track-audio");
  }

  function open(id, withFocus) {
    var audio = player();
    goesOn = Boolean(audio && !audio.paused && id);
    window.dash_clientside.set_props(control("track"), { value: id });
    if (!id) {
      var grid = document.querySelector("#tracks-grid .ag-root");
      if (grid) document.getElementById("main").focus({ preventScroll: true });
      return;
    }
    if (!withFocus) return;
    requestAnimationFrame(function () {
      var heading = document.getElementById("track-heading");
      if (heading) heading.focus({ preventScroll: window.innerWidth > 1100 });
    });
  }

  function step(by) {
    var next = window.genrelensTracks.beside(by);
    if (next) open(next, false);
  }

  function play() {
    var audio = player();
    if (!audio) return false;
    if (audio.paused) {
      audio.play().catch(function () { /* the player says itself that it cannot be played */ });
    } else {
      audio.pause();
    }
    return true;
  }

  /* The chips stay in their order; the address says which one leads, unless it is the first. */
  function lead(place) {
    var buttons = document.querySelectorAll("[data-lead-model]");
    if (place < 0 || place >= buttons.length) return;
    var model = place ? buttons[place].dataset.leadModel : "";
    window.dash_clientside.set_props(control("lead"), { value: model });
  }

  function help() {
    nameSwitch();
    var dialog = document.getElementById("track-keys");
    dialog.showModal();
    dialog.querySelector("form button").focus(); // not what switches the keys off
  }

  var ACTIONS = {
    next: function () { step(1); },
    previous: function () { step(-1); },
    close: function () { open("", false); },
    help: help,
  };

  document.addEventListener("click", function (event) {
    var target = event.target instanceof Element ? event.target : null;
    if (!target || !here() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    var action = target.closest("[data-track-action]");
    if (action) ACTIONS[action.dataset.trackAction]();
    if (target.closest("#track-keys-switch")) switchKeys(!areOn());
    var model = target.closest("[data-lead-model]");
    if (model) {
      lead(Array.from(document.querySelectorAll("[data-lead-model]")).indexOf(model));
    }
    var link = target.closest("[data-track]");
    var row = target.closest("#tracks-grid .ag-row");
    if (link) event.preventDefault();
    if (link || row) open(link ? link.dataset.track : row.getAttribute("row-id"), true);
    var picture = target.closest(".mel-picture");
    var audio = player();
    if (picture && audio && audio.duration) {
      var box = picture.getBoundingClientRect();
      audio.currentTime = audio.duration * (event.clientX - box.left) / box.width;
    }
  });

  function isTyping(target) {
    return Boolean(target.closest("input, select, textarea, [contenteditable], dialog[open]"));
  }

  document.addEventListener("keydown", function (event) {
    var target = event.target instanceof Element ? event.target : document.body;
    if (!here() || event.ctrlKey || event.metaKey || event.altKey || isTyping(target)) return;
    if (event.defaultPrevented) return; // as Escape, where it has closed a menu
    if (event.key === "Enter") { // on a cell; accessible.js follows the link of one that has one
      var row = target.matches(".ag-cell") && target.closest("#tracks-grid .ag-row");
      if (row && !target.querySelector("a")) open(row.getAttribute("row-id"), true);
      return;
    }
    if (!areOn()) return;
    var key = event.key.toLowerCase(), done = true;
    if (key === "j") step(1);
    else if (key === "k") step(-1);
    else if (key === "?") help();
    else if (key === "escape" && window.genrelensTracks.current()) open("", false);
    else if (/^[1-9]$/.test(key)) lead(Number(key) - 1);
    else if (key === " " && !target.closest("button, a, summary, audio")) done = play();
    else done = false;
    if (done) event.preventDefault();
  });

  function follow(audio) {
    var line = document.querySelector(".mel-picture .playhead");
    if (!line || !audio.duration) return;
    line.hidden = audio.currentTime === 0;
    line.style.left = 100 * audio.currentTime / audio.duration + "%";
  }

  ["timeupdate", "seeked", "loadedmetadata"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      if (!event.target || event.target.id !== "track-audio") return;
      follow(event.target);
      if (name === "loadedmetadata" && goesOn) {
        goesOn = false;
        event.target.play().catch(function () { /* the browser wants a click first */ });
      }
    }, true); // events of media do not bubble
  });
})();
