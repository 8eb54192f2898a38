/* The playhead of the Predict page: a line over spectrogram and lanes that follows the player, frame
   by frame and in the browser. It is a slider: click, drag, arrow keys; space plays. */
(function () {
  "use strict";
  const predict = (window.genrelensPredict = window.genrelensPredict || {});
  const STILL = window.matchMedia("(prefers-reduced-motion: reduce)");
  const STEP_S = 1, LEAP_S = 5;
  const MOVED_PX = 6; // a finger that moved further was scrolling
  let at = 0; // seconds; the player's place, or, where it cannot play this file, our own
  let said = "";
  let frame = null;

  function byId(id) {
    return document.getElementById(id);
  }

  function answer() {
    const clip = predict.clips.shown();
    return clip && clip.answer;
  }

  function player() {
    const audio = byId("predict-audio");
    return audio && audio.duration > 0 && !audio.error ? audio : null;
  }

  function clock(seconds) {
    const whole = Math.floor(seconds);
    return Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0");
  }

  /* [{genre, votes}], the commonest first. */
  predict.votes = function (genres) {
    const counts = new Map();
    genres.forEach(function (genre) { counts.set(genre, (counts.get(genre) || 0) + 1); });
    return Array.from(counts, function (pair) { return { genre: pair[0], votes: pair[1] }; })
      .sort(function (a, b) { return b.votes - a.votes; });
  };

  /* What a model hears at a time; a dropped remainder belongs to no window. */
  function heardBy(model, seconds) {
    const window_ = model.windows.find(function (one) {
      return one.start_s <= seconds && seconds < one.end_s;
    });
    if (!window_) return null;
    return Object.entries(window_.probabilities).reduce(function (a, b) { return b[1] > a[1] ? b : a; })[0];
  }

  function here(seconds) {
    const models = answer().models;
    const heard = models.map(function (model) { return heardBy(model, seconds); }).filter(Boolean);
    if (!heard.length) return "after the last window";
    return predict.votes(heard).map(function (one, k) {
      if (k) return one.votes + " " + one.genre;
      return one.votes + " of " + heard.length + (heard.length === 1 ? " model hears " : " models hear ") +
        one.genre;
    }).join(", ");
  }

  function draw() {
    const slider = byId("predict-seek");
    if (!slider || !answer()) return;
    const length = answer().duration_s;
    const seconds = Math.min(at, length);
    const shown = STILL.matches ? Math.floor(seconds) : seconds;
    slider.firstElementChild.style.left = 100 * shown / length + "%";
    const text = clock(seconds) + " of " + clock(length) + ": " + here(seconds);
    if (text === said) return;
    said = text;
    slider.setAttribute("aria-valuemax", length.toFixed(1));
    slider.setAttribute("aria-valuenow", seconds.toFixed(1));
    slider.setAttribute("aria-valuetext", text);
    byId("predict-here").textContent = text;
  }

  function follow() {
    frame = null;
    const audio = player();
    if (!audio) return;
    at = audio.currentTime;
    draw();
    if (!audio.paused && !STILL.matches) frame = requestAnimationFrame(follow);
  }

  function seek(seconds) {
    if (!answer()) return;
    at = Math.max(0, Math.min(seconds, answer().duration_s));
    if (player()) player().currentTime = at;
    draw();
  }

  /* Over the drawing, which keeps its mouse: the pictures' hover stays within reach. */
  predict.mountSlider = function () {
    const picture = document.querySelector("#predict-clip-card .card-picture");
    if (!picture || byId("predict-seek")) return;
    const slider = document.createElement("div");
    slider.id = "predict-seek";
    slider.className = "predict-seek";
    slider.tabIndex = 0;
    slider.setAttribute("role", "slider");
    slider.setAttribute("aria-label", "Place in the clip");
    slider.setAttribute("aria-valuemin", "0");
    slider.setAttribute("aria-valuemax", "0");
    slider.setAttribute("aria-valuenow", "0");
    const line = document.createElement("div");
    line.className = "predict-playhead";
    slider.append(line);
    picture.append(slider);
  };

  /* Another clip is shown, or none: from its start. */
  predict.rewind = function () {
    at = 0;
    said = "";
    draw();
  };

  ["play", "timeupdate", "seeked", "loadedmetadata"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      if (event.target && event.target.id === "predict-audio" && frame === null) follow();
    }, true); // events of media do not bubble
  });

  document.addEventListener("error", function (event) {
    if (!event.target || event.target.id !== "predict-audio" || !event.target.getAttribute("src")) return;
    byId("predict-unplayed").hidden = false;
  }, true);

  function keyed(key) {
    const end = answer().duration_s;
    return {
      ArrowRight: at + STEP_S, ArrowUp: at + STEP_S, ArrowLeft: at - STEP_S, ArrowDown: at - STEP_S,
      PageUp: at + LEAP_S, PageDown: at - LEAP_S, Home: 0, End: end,
    }[key];
  }

  function play() {
    const audio = player();
    if (!audio) return;
    if (audio.paused) audio.play().catch(function () { /* the player says so itself */ });
    else audio.pause();
  }

  document.addEventListener("keydown", function (event) {
    const target = event.target;
    if (!target || target.id !== "predict-seek" || !answer()) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const seconds = keyed(event.key);
    if (seconds === undefined && event.key !== " ") return;
    event.preventDefault();
    if (event.key === " ") play();
    else seek(seconds);
  });

  /* Where a pointer is on the time axis. */
  function pointed(event) {
    const box = byId("predict-seek").getBoundingClientRect();
    return answer().duration_s * (event.clientX - box.left) / box.width;
  }

  function isOver(event) {
    const slider = byId("predict-seek");
    if (!slider || !answer() || !(event.target instanceof Element)) return false;
    if (!event.target.closest("#predict-clip-card .card-picture")) return false;
    const box = slider.getBoundingClientRect();
    return !event.target.closest(".modebar") && event.clientX >= box.left && event.clientX <= box.right &&
      event.clientY >= box.top && event.clientY <= box.bottom;
  }

  let pressed = null; // {x, y, drags}: a mouse drags the playhead, a finger only taps

  document.addEventListener("pointerdown", function (event) {
    if (event.button !== 0 || !isOver(event)) return;
    pressed = { x: event.clientX, y: event.clientY, drags: event.pointerType === "mouse" };
    if (pressed.drags) seek(pointed(event));
  });

  document.addEventListener("pointermove", function (event) { // wherever the mouse goes meanwhile
    if (pressed && pressed.drags && byId("predict-seek")) seek(pointed(event));
  });

  document.addEventListener("pointerup", function (event) {
    const was = pressed;
    pressed = null;
    if (!was || was.drags || !isOver(event)) return;
    if (Math.hypot(event.clientX - was.x, event.clientY - was.y) <= MOVED_PX) seek(pointed(event));
  });

  document.addEventListener("pointercancel", function () { pressed = null; });
})();
