/* The clips of the Predict page as a table, from two on: a row shows its clip, and says in place how
   far it is or why it has no answer. The same as CSV and Markdown (cards.js, share.js). */
(function () {
  "use strict";
  const predict = (window.genrelensPredict = window.genrelensPredict || {});
  const genrelens = (window.genrelens = window.genrelens || {});
  const CARD = "predict-clips";
  const STATES = { waiting: "waiting", working: "working", done: "answered", failed: "no answer" };

  function frame() {
    return document.getElementById(CARD + "-table");
  }

  /* What the page says of models, [{id, name}], and of genres, {name: [light, dark]}. */
  function known() {
    const said = frame().dataset;
    return { models: JSON.parse(said.models), genres: JSON.parse(said.genres) };
  }

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function button(clip, action, text, className) {
    const made = element("button", className, text);
    made.type = "button";
    made.dataset.clip = clip.id;
    made.dataset.clipAction = action;
    return made;
  }

  function cell(label, role, content) {
    const made = element("td");
    made.setAttribute("role", role || "cell");
    made.dataset.label = label;
    if (content) made.append(content);
    return made;
  }

  function answerOf(clip, id) {
    return clip.answer.models.find(function (model) { return model.id === id; });
  }

  function notes(clip) {
    return clip.answer.flags.map(function (flag) { return flag.code.replace(/_/g, " "); }).join(", ");
  }

  /* "8 of 9 blues"; where no genre is ahead of all others, "divided". */
  function agreement(answer) {
    const counts = predict.votes(answer.models.map(function (model) { return model.genre; }));
    const divided = counts.length > 1 && counts[0].votes === counts[1].votes;
    return counts[0].votes + " of " + answer.models.length + " " +
      (divided ? "(divided)" : counts[0].genre);
  }

  function genreCell(clip, model, genres) {
    const answer = answerOf(clip, model.id);
    const made = cell(model.name);
    if (!answer) return made;
    const colours = genres[answer.genre];
    const swatch = element("span", "genre-swatch");
    swatch.setAttribute("aria-hidden", "true");
    swatch.style.setProperty("--light", colours[0]);
    swatch.style.setProperty("--dark", colours[1]);
    const heard = element("span", "clip-heard");
    heard.append(swatch, answer.genre + " ");
    made.append(heard, element("span", "clip-share", answer.probabilities[answer.genre].toFixed(2)));
    return made;
  }

  function answerCells(clip, said) {
    const cells = said.models.map(function (model) { return genreCell(clip, model, said.genres); });
    return cells.concat([
      cell("Agreement", "", agreement(clip.answer)), cell("Notes", "", notes(clip) || "–"),
    ]);
  }

  function statusCells(clip, said) {
    const made = cell("Status");
    made.colSpan = said.models.length + 2;
    made.append(element("span", "clip-status", clip.text));
    if (clip.again) made.append(" ", button(clip, "again", "Try again", "tool-button"));
    return [made];
  }

  function row(clip, said) {
    const made = element("tr", "clip-" + clip.state);
    const name = cell("File", "rowheader");
    const show = clip.answer ? button(clip, "show", clip.name, "clip-name")
      : element("span", "clip-name", clip.name);
    if (clip.answer) show.setAttribute("aria-pressed", String(clip === predict.clips.shown()));
    name.append(show);
    const remove = button(clip, "remove", "×", "tool-button clip-remove");
    remove.setAttribute("aria-label", "Remove " + clip.name);
    made.setAttribute("role", "row");
    made.id = "row-" + clip.id;
    made.tabIndex = -1; // takes the focus of a button that is there no longer
    made.dataset.clip = clip.id;
    if (clip.answer) made.dataset.clipAction = "show";
    const cells = clip.answer ? answerCells(clip, said) : statusCells(clip, said);
    made.append(name, ...cells, cell("", "", remove));
    made.classList.toggle("is-shown", clip === predict.clips.shown());
    return made;
  }

  function head(models) {
    const made = element("thead"), line = made.insertRow();
    const titles = models.map(function (model) { return model.name; });
    ["File"].concat(titles, ["Agreement", "Notes"]).forEach(function (title) {
      const own = element("th", "", title.replace(/ s$/, "\u00a0s"));
      own.scope = "col";
      own.setAttribute("role", "columnheader");
      line.append(own);
    });
    const last = cell("", "columnheader", element("span", "visually-hidden", "Remove"));
    line.append(last);
    line.setAttribute("role", "row");
    return made;
  }

  /* What puts the focus back once the table is drawn anew: to the same button, or to its row. */
  function keepFocus() {
    const active = document.activeElement;
    const before = active && frame().contains(active) && active.closest("tr");
    const action = active && active.matches("button") && active.dataset.clipAction;
    return function () {
      const now = before && document.getElementById(before.id);
      const same = now && action && now.querySelector('button[data-clip-action="' + action + '"]');
      if (now) (same || now).focus({ preventScroll: true });
    };
  }

  /* Redrawn as a whole when a clip comes, goes or ends. */
  predict.drawTable = function () {
    if (!frame()) return;
    const clips = predict.clips.all(), said = known(), focusAgain = keepFocus();
    document.getElementById(CARD + "-card").hidden = clips.length < 2 &&
      !clips.some(function (clip) { return clip.state === "failed"; });
    document.getElementById(CARD + "-sentence").textContent = sentence(clips);
    const table = element("table", "numbers many clips");
    const body = element("tbody");
    table.setAttribute("role", "table");
    table.setAttribute("aria-labelledby", CARD + "-heading");
    body.append(...clips.map(function (clip) { return row(clip, said); }));
    table.append(head(said.models), body);
    frame().replaceChildren(table);
    focusAgain();
  };

  predict.showStep = function (clip) {
    const status = document.querySelector("#row-" + clip.id + " .clip-status");
    if (status) status.textContent = clip.text;
  };

  function sentence(clips) {
    const ended = clips.filter(function (clip) { return clip.answer; }).length;
    const failed = clips.filter(function (clip) { return clip.state === "failed"; });
    const later = failed.filter(function (clip) { return clip.again; }).length;
    return ended + " of " + clips.length + (clips.length === 1 ? " file is" : " files are") + " answered" +
      (failed.length > later ? ", " + (failed.length - later) + " cannot be" : "") +
      (later ? ", " + later + " can be tried again" : "") +
      (ended ? ". Choose a file to see it below." : ".");
  }

  function numbers() {
    const columns = ["file", "status", "duration (s)"], models = known().models;
    models.forEach(function (model) {
      columns.push(model.name + ": genre", model.name + ": probability");
    });
    const rows = predict.clips.all().map(function (clip) {
      const start = [clip.name, clip.state === "done" ? STATES.done : STATES[clip.state] + ": " + clip.text];
      if (!clip.answer) return start.concat(columns.slice(2).map(function () { return ""; }), ["", ""]);
      const heard = models.flatMap(function (model) {
        const answer = answerOf(clip, model.id);
        return answer ? [answer.genre, String(answer.probabilities[answer.genre])] : ["", ""];
      });
      return start.concat([String(clip.answer.duration_s)], heard, [agreement(clip.answer),
        clip.answer.flags.map(function (flag) { return flag.message; }).join(" ")]);
    });
    columns.push("agreement", "notes");
    const numeric = columns.map(function (name) { return /probability$|\(s\)$/.test(name); });
    return {
      caption: sentence(predict.clips.all()), columns: columns, numeric: numeric, rows: rows,
      exact: rows, runs: [],
    };
  }

  genrelens.ownNumbers = Object.assign(genrelens.ownNumbers || {}, { [CARD]: numbers });

  const ACTIONS = {
    show: function (clip) {
      predict.clips.show(clip);
      predict.progress.announce(clip.name + " is shown below.");
      come("predict-name");
    },
    again: function (clip) { predict.work.again(clip); },
    remove: function (clip) {
      predict.work.remove([clip]);
      predict.progress.announce(clip.name + " is removed.");
      if (document.activeElement === document.body) document.getElementById("predict-input").focus();
    },
  };

  /* Brings something into sight and gives it the focus; smoothly, where nobody minds movement. */
  function come(id) {
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    requestAnimationFrame(function () { // a result that was empty is drawn by then
      document.getElementById(id).focus({ preventScroll: true });
      document.getElementById(id).scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
    });
  }

  function backToAll() {
    const row = document.getElementById("row-" + predict.clips.shown().id);
    row.scrollIntoView({ block: "nearest" });
    row.querySelector("button").focus({ preventScroll: true });
    document.getElementById(CARD + "-card").scrollIntoView({ block: "start" });
  }

  document.addEventListener("click", function (event) {
    if (event.target instanceof Element && event.target.closest("#predict-back")) backToAll();
    const target = event.target instanceof Element && event.target.closest("[data-clip-action]");
    const clip = target && predict.clips.find(target.dataset.clip);
    if (clip) ACTIONS[target.dataset.clipAction](clip);
  });
})();
