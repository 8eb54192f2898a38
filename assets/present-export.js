/* A presentation as one HTML file: data, plotly.js once, and the stage; opens from disk, offline. */
(function () {
  "use strict";
  const present = (window.genrelensPresent = window.genrelensPresent || {});
  const PARTS = ["present-deck", "present-figure", "present-stage"];
  const SPEAKER = "present-speaker";
  const STYLES = /:root|data-bs-theme|present|stage|speaker|\.numbers|tool-button|focus-visible|^body/;
  // Nothing may be asked of any host; the scripts stand in the file.
  const POLICY = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; " +
    "style-src 'unsafe-inline'; img-src data: blob:";
  const START = "genrelensPresent.stage.open(genrelensPresent.deck.read(" +
    "JSON.parse(document.getElementById('presentation').textContent)), { alone: true });";

  function address(pattern) {
    const script = Array.from(document.scripts).find(function (one) { return pattern.test(one.src); });
    if (!script) throw new Error("A script of this page is missing. Reload the page and try again.");
    return script.src;
  }

  async function source(pattern) {
    const response = await fetch(address(pattern), { cache: "force-cache" });
    if (!response.ok) throw new Error("The server did not give a script of the page. Try again.");
    return (await response.text()).replace(/<\/script/gi, "<\\/script").replace(/<!--/g, "<\\!--");
  }

  function escaped(text) {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  }

  /* What the file holds: shown scenes in one colour mode, with or without notes. */
  function content(deck, mode, notes) {
    return Object.assign({}, deck, {
      scenes: present.deck.shown(deck).map(function (one) {
        const look = present.figure.inMode(one, mode);
        return Object.assign({}, one, {
          figure: look.figure, mode: look.mode, notes: notes ? one.notes : "",
        });
      }),
    });
  }

  async function page(deck, notes) {
    const mode = present.figure.mode();
    const names = notes ? PARTS.concat(SPEAKER) : PARTS;
    const plotly = await source(/plotly(\.[\w-]+)*\.js/);
    const parts = await Promise.all(names.map(function (name) { return source(new RegExp(name)); }));
    const json = JSON.stringify(content(deck, mode, notes)).replace(/</g, "\\u003c");
    const title = escaped(deck.title || "Presentation");
    return [
      "<!DOCTYPE html>", '<html lang="en" data-bs-theme="' + mode + '" class="presenting">', "<head>",
      '<meta charset="utf-8">', '<meta http-equiv="Content-Security-Policy" content="' + POLICY + '">',
      '<meta name="viewport" content="width=device-width, initial-scale=1">',
      "<title>" + title + "</title>",
      "<style>" + present.figure.styles(STYLES).replace(/<\//g, "<\\/") + "</style>", "</head>", "<body>",
      "<noscript>This presentation is drawn by the browser and needs JavaScript.</noscript>",
      '<script type="application/json" id="presentation">' + json + "</script>",
      "<script>" + plotly + "</script>",
      "<script>" + parts.join("\n") + "</script>",
      "<script>document.addEventListener('DOMContentLoaded', function () { " + START + " });</script>",
      "</body>", "</html>", "",
    ].join("\n");
  }

  async function html(deck) {
    const text = await page(deck, present.page.withNotes());
    window.genrelens.download(present.files.fileName(deck, "html"), text, "text/html;charset=utf-8");
    present.page.announce("The HTML file is ready. It opens without a server.");
  }

  /* Whether files hold the speaker's notes. */
  function withNotes() {
    const box = document.querySelector("#present-with-notes input");
    return Boolean(box && box.checked);
  }

  present.page = Object.assign(present.page || {}, { html: html, withNotes: withNotes });
})();
