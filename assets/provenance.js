/* The drawer "Where the numbers come from" of a card or of score chips: asked for when it is opened,
   every fact copyable, closed by Escape. */
(function () {
  "use strict";
  var genrelens = (window.genrelens = window.genrelens || {});
  var AT_A_TIME = 10; // runs asked for at once; the server takes twice that

  function element(name, content, className) {
    var made = document.createElement(name);
    if (content) made.append.apply(made, [].concat(content));
    if (className) made.className = className;
    return made;
  }

  function button(label, className, action) {
    var made = element("button", label, className);
    made.type = "button";
    made.addEventListener("click", action);
    return made;
  }

  function drawer() {
    var made = document.getElementById("provenance");
    if (made) return made;
    made = element("dialog", "", "drawer");
    made.id = "provenance";
    made.setAttribute("aria-labelledby", "provenance-heading");
    var heading = element("h2", "Where the numbers come from");
    heading.id = "provenance-heading";
    var head = element("div", [heading, button("Close", "tool-button", function () { made.close(); })], "drawer-head");
    var body = element("div", "", "drawer-body");
    made.append(head, body);
    made.addEventListener("click", function (event) {
      if (event.target === made) made.close(); // what is outside the drawer belongs to the dialog
    });
    document.body.appendChild(made);
    return made;
  }

  function fact(list, name, value, code) {
    if (value === null || value === undefined || value === "") return;
    var text = String(value);
    var shown = element(code ? "code" : "span", text);
    var copy = button("Copy", "copy-fact", function () { genrelens.copy(text, name + " copied."); });
    copy.setAttribute("aria-label", "Copy " + name.toLowerCase());
    list.append(element("dt", name), element("dd", [shown, copy]));
  }

  function named(values) {
    return Object.keys(values || {}).map(function (name) { return name + " = " + values[name]; }).join(", ");
  }

  function runFacts(run) {
    var list = element("dl", "", "facts");
    fact(list, "Run", run.id, true);
    fact(list, "Data", run.data);
    fact(list, "Tested on", run.protocol);
    fact(list, "Split", run.split);
    fact(list, "Tracks, all parts", run.tracks);
    fact(list, "Training tracks", run.training_tracks);
    fact(list, "Seed", run.seed);
    fact(list, "Parameters", named(run.params));
    fact(list, "Data, SHA-256", run.data_sha256, true);
    fact(list, "Command to repeat", run.command, true);
    return list;
  }

  function runPart(run, open) {
    var part = element("details", element("summary", run.model + " · " + run.protocol), "folded");
    part.append(runFacts(run));
    part.open = open;
    return part;
  }

  function resultsFacts(results) {
    var list = element("dl", "", "facts");
    var commit = results.commit || "outside a git checkout";
    fact(list, "Results", results.id, true);
    fact(list, "Commit", commit + (results.uncommitted_changes ? " with uncommitted changes" : ""), true);
    fact(list, "Computed", results.finished_at);
    fact(list, "All results again", results.command, true);
    fact(list, "Python", results.python);
    fact(list, "Packages", named(results.versions));
    return list;
  }

  function asked(runs) {
    var address = "/api/provenance?runs=" + runs.map(encodeURIComponent).join(",");
    return fetch(address).then(function (response) {
      return response.json().then(function (answer) {
        if (!response.ok) throw new Error(answer.error);
        return answer;
      });
    });
  }

  function failed(body, error) {
    var message = element("p", error.message + " Close this and try again.", "message");
    message.setAttribute("role", "alert");
    message.tabIndex = -1;
    body.append(message);
    message.focus();
  }

  /* Adds the next runs, and a button for those after them. */
  function addRuns(body, runs, from) {
    var next = runs.slice(from, from + AT_A_TIME);
    return asked(next).then(function (answer) {
      answer.runs.forEach(function (run) { body.append(runPart(run, runs.length === 1)); });
      var left = runs.length - from - next.length;
      if (left > 0) {
        var more = button("Show " + Math.min(left, AT_A_TIME) + " of " + left + " more", "tool-button", function () {
          more.remove();
          addRuns(body, runs, from + AT_A_TIME).catch(function (error) { failed(body, error); });
        });
        body.append(more);
      }
      return answer;
    });
  }

  function about(runs, title, ofData) {
    if (runs.length) return title + ": " + runs.length + (runs.length === 1 ? " run." : " runs.");
    return ofData ? title + " is computed from the data, not by a model."
      : "No single run is behind " + title + ".";
  }

  genrelens.showProvenance = function (runs, title, ofData) {
    var made = drawer();
    var body = made.querySelector(".drawer-body");
    var parts = element("div");
    body.replaceChildren(element("p", about(runs, title, ofData), "fine"), parts);
    made.showModal();
    addRuns(parts, runs, 0).then(function (answer) {
      body.append(element("h3", "All results on this page"), resultsFacts(answer.results));
    }).catch(function (error) { failed(body, error); });
  };

  genrelens.cardActions.provenance = function (card, pressed) {
    var numbers = genrelens.numbers(card);
    var runs = pressed.dataset.runs ? pressed.dataset.runs.split(",") : (numbers && numbers.runs) || [];
    var section = document.getElementById(card + "-card");
    var heading = section && section.querySelector(".card-heading");
    var title = heading ? heading.textContent.trim() : "These scores";
    genrelens.showProvenance(runs, title, Boolean(numbers && numbers.of_data));
  };
})();
