/* What is shared of a page: the link to a card, its table as Markdown, and the way back: an address
   that ends in "#<card>-card" shows that card. What was done is said in one place, #toast. */
(function () {
  "use strict";
  var genrelens = (window.genrelens = window.genrelens || {});
  var SAID_MS = 4000;
  var MOST_ROWS = 200; // in a message or a document; the CSV has all
  var MOST_RUNS = 6;
  var FOLLOWED_MS = 6000; // while a page is still being laid out
  var silence = 0;

  genrelens.say = function (text) {
    var toast = document.getElementById("toast");
    if (!toast) return;
    toast.textContent = text;
    clearTimeout(silence);
    silence = setTimeout(function () { toast.textContent = ""; }, SAID_MS);
  };

  /* Without https a browser offers no clipboard, but still copies what is selected. */
  function copySelected(text) {
    var area = document.createElement("textarea");
    var before = document.activeElement;
    area.value = text;
    area.style.position = "fixed";
    (document.querySelector("dialog[open]") || document.body).appendChild(area);
    area.select();
    var done = document.execCommand("copy");
    area.remove();
    if (before) before.focus();
    return done ? Promise.resolve() : Promise.reject(new Error("copying was refused"));
  }

  genrelens.copy = function (text, said) {
    var modern = navigator.clipboard && window.isSecureContext;
    return (modern ? navigator.clipboard.writeText(text) : copySelected(text)).then(
      function () { genrelens.say(said); },
      function () { genrelens.say("The browser did not allow copying. Allow it, then try again."); }
    );
  };

  function cell(text) {
    return String(text).replace(/\|/g, "\\|").replace(/\s*\n\s*/g, " ");
  }

  genrelens.markdownTable = function (numbers) {
    var rows = numbers.rows.slice(0, MOST_ROWS);
    var rule = numbers.numeric.map(function (numeric) { return numeric ? "---:" : ":---"; });
    var lines = [numbers.columns, rule].concat(rows).map(function (row) {
      return "| " + row.map(cell).join(" | ") + " |";
    });
    var left = numbers.rows.length - rows.length;
    if (left) lines.push("", "… and " + left + " more rows, which the CSV file has.");
    return lines.join("\n");
  };

  /* "Tested on: new artist · Count: whole songs": what the page's own controls say. */
  genrelens.choices = function () {
    var said = [];
    document.querySelectorAll(".page > .controls .control").forEach(function (control) {
      if (control.offsetParent === null) return;
      var label = control.querySelector(".control-label");
      var chosen = control.querySelector("input:checked + label, select");
      if (!label || !chosen) return;
      var text = chosen.matches("select") ? (chosen.selectedOptions[0] || {}).textContent
        : chosen.textContent;
      if (text) said.push(label.textContent.trim() + ": " + text.trim());
    });
    return said.join(" · ");
  };

  genrelens.markdown = function (card) {
    var shot = genrelens.snapshot(card);
    if (!shot || !shot.numbers) return "";
    var link = window.location.origin + shot.address;
    var runs = shot.runs.slice(0, MOST_RUNS).map(function (id) { return "`" + id + "`"; });
    if (shot.runs.length > MOST_RUNS) runs.push((shot.runs.length - MOST_RUNS) + " more");
    var parts = ["**" + shot.title + "**", shot.sentence, genrelens.choices()];
    parts.push(genrelens.markdownTable(shot.numbers));
    if (runs.length) parts.push("Runs: " + runs.join(", "));
    parts.push("[" + document.title + "](" + link + "), results " + shot.results);
    return parts.filter(Boolean).join("\n\n") + "\n";
  };

  Object.assign(genrelens.cardActions, {
    link: function (card) {
      genrelens.copy(window.location.origin + genrelens.cardAddress(card), "Link copied.");
    },
    markdown: function (card) {
      var text = genrelens.markdown(card);
      if (text) genrelens.copy(text, "Table copied as Markdown.");
      else genrelens.say("This card has no numbers yet.");
    },
  });

  /* What follows "#" in the address; "" where it cannot be read, as in "#%". */
  genrelens.namedPlace = function () {
    try {
      return decodeURIComponent(window.location.hash.slice(1));
    } catch (error) {
      return "";
    }
  };

  /* Scrolls to the card that the address names and keeps to it while the page is laid out, until the
     visitor does something. */
  function showNamed() {
    var name = genrelens.namedPlace();
    if (!/-card$/.test(name)) return;
    var until = Date.now() + FOLLOWED_MS;
    var at = null;
    var focused = false;
    var stop = new AbortController();
    ["wheel", "touchstart", "keydown", "pointerdown"].forEach(function (kind) {
      window.addEventListener(kind, function () { stop.abort(); }, { signal: stop.signal });
    });
    (function follow() {
      if (stop.signal.aborted || Date.now() > until) return stop.abort();
      var card = document.getElementById(name);
      if (card && card.offsetParent !== null) {
        var top = Math.round(card.getBoundingClientRect().top + window.scrollY);
        if (top !== at) card.scrollIntoView({ block: "start", behavior: "instant" });
        at = top;
        if (!focused) {
          card.tabIndex = -1;
          card.focus({ preventScroll: true });
          focused = true;
        }
      }
      setTimeout(follow, 100);
    })();
  }

  genrelens.showNamedCard = showNamed;
  document.addEventListener("DOMContentLoaded", showNamed);
  window.addEventListener("hashchange", showNamed);
})();
