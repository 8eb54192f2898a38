/* "Where did the network listen?" on the Predict page: sends the clip on show to /api/explain and
   hands the answer to the server's drawing. Answers stay with their clip in this tab. */
(function () {
  "use strict";
  const predict = (window.genrelensPredict = window.genrelensPredict || {});
  const NAMES = { listening: "Asking the network about each place" };
  let cancel = null; // of the request under way

  function byId(id) {
    return document.getElementById(id);
  }

  function show(answer) {
    window.dash_clientside.set_props("predict-listening", { data: answer });
    if (!answer) window.dash_clientside.set_props("predict-listening-slot", { hidden: true });
  }

  /* The text stays one line for a step, so that it is announced once. */
  function say(text) {
    const said = byId("predict-listen-said");
    if (!said) return;
    if (said.textContent !== text) said.textContent = text;
    byId("predict-listen-ask").disabled = Boolean(cancel);
  }

  function fail(text) {
    const error = byId("predict-listen-error");
    cancel = null;
    say("");
    if (!error) return;
    error.textContent = text;
    error.hidden = !text;
    if (text) error.focus();
  }

  function ask() {
    const clip = predict.current();
    if (!clip || !clip.file || cancel) return;
    fail("");
    show(null);
    cancel = predict.send(clip.file, {
      step: function (name, done, total) {
        say(NAMES[name] || predict.progress.described(name, done, total).name);
      },
      pause: function () { say("The server is busy. Trying again in a few seconds"); },
      answer: function (answer) {
        clip.listening = answer;
        cancel = null;
        say("The answer follows.");
        if (predict.current() === clip) show(answer);
      },
      fail: fail,
    }, byId("predict-listen-ask").dataset.action);
  }

  /* Another clip is on show, or the page was opened again. */
  document.addEventListener("genrelens:clip", function (event) {
    if (!byId("predict-listen-ask")) return;
    if (cancel) cancel();
    fail("");
    show((event.detail && event.detail.listening) || null);
  });

  document.addEventListener("click", function (event) {
    const target = event.target instanceof Element ? event.target : null;
    if (target && target.closest("#predict-listen-ask")) ask();
  });
})();
