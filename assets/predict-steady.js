/* "How steady is this answer?" on the Predict page: sends the clip on show to /api/robustness,
   shows the progress, and hands the answer to the server's drawing. Answers stay with their clip in
   this tab. */
(function () {
  "use strict";
  const predict = (window.genrelensPredict = window.genrelensPredict || {});
  const SHARES = { uploading: [0, 10], queued: [10, 10], decoding: [10, 12], alterations: [12, 100] };
  const NAMES = { alterations: "Altering the clip and asking again" };
  let cancel = null; // of the request under way
  let announced = "";

  function byId(id) {
    return document.getElementById(id);
  }

  function announce(text) {
    if (text === announced || !byId("predict-steady-live")) return;
    byId("predict-steady-live").textContent = announced = text;
  }

  function show(answer) {
    window.dash_clientside.set_props("predict-steady", { data: answer });
    if (!answer) window.dash_clientside.set_props("predict-steady-slot", { hidden: true });
  }

  /* `working` is the text of the step, or "" where nothing is under way. */
  function say(working, percent) {
    if (!byId("predict-steady-ask")) return; // another page of the app
    byId("predict-steady-progress").classList.toggle("idle", !working);
    byId("predict-steady-bar").style.width = percent + "%";
    byId("predict-steady-step").textContent = working;
    byId("predict-steady-ask").disabled = Boolean(working);
  }

  function fail(text) {
    const error = byId("predict-steady-error");
    cancel = null;
    say("", 0);
    if (!error) return;
    error.textContent = text;
    error.hidden = !text;
    if (text) error.focus();
  }

  function stop() {
    if (cancel) cancel();
    fail("");
  }

  function step(name, done, total) {
    const share = SHARES[name] || [0, 0];
    const part = Math.min(1, done / (total || 1));
    const known = predict.progress.described(name, done, total);
    const said = NAMES[name] || known.name;
    const counts = name === "alterations" ? " " + done + " of " + total : "";
    say(counts ? said + counts : known.text, share[0] + (share[1] - share[0]) * part);
    announce(said);
  }

  function ask() {
    const clip = predict.current();
    if (!clip || !clip.file || cancel) return;
    fail("");
    show(null);
    cancel = predict.send(clip.file, {
      step: step,
      pause: function (seconds) {
        say("The server is busy. Trying again in " + seconds + " s", 0);
        announce("The server is busy.");
      },
      answer: function (answer) {
        clip.steady = answer;
        cancel = null;
        say("", 0);
        announce("The clip was asked about again. The result follows.");
        if (predict.current() === clip) show(answer);
      },
      fail: fail,
    }, byId("predict-steady-ask").dataset.action);
  }

  /* Another clip is on show, or the page was opened again. */
  document.addEventListener("genrelens:clip", function (event) {
    if (!byId("predict-steady-ask")) return;
    stop();
    show((event.detail && event.detail.steady) || null);
  });

  document.addEventListener("click", function (event) {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    if (target.closest("#predict-steady-ask")) ask();
    if (!target.closest("#predict-steady-cancel")) return;
    stop();
    announce("Cancelled.");
    byId("predict-steady-ask").focus();
  });
})();
