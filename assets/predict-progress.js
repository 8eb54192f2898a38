/* What the Predict page says while it works: the bar with its step, the error, and the line that
   screen readers read out (steps, not every per cent). */
(function () {
  "use strict";
  const predict = (window.genrelensPredict = window.genrelensPredict || {});
  const STEPS = {
    fetching: "Fetching the example", uploading: "Uploading", decoding: "Decoding",
    features: "Computing features", models: "Asking the models", why: "Looking for reasons",
    mel: "Drawing the spectrogram",
  };
  // Where each step begins and ends on the bar, in percent.
  const SHARES = {
    fetching: [0, 0], uploading: [0, 40], queued: [40, 40], decoding: [40, 50], features: [50, 90],
    models: [90, 96], why: [96, 99], mel: [99, 100],
  };
  let announced = "";

  function byId(id) {
    return document.getElementById(id);
  }

  function ordinal(place) {
    const teens = place % 100 > 10 && place % 100 < 14;
    return place + ((!teens && { 1: "st", 2: "nd", 3: "rd" }[place % 10]) || "th");
  }

  /* A step in words, without and with how far it is; and where that is on the bar. */
  function described(step, done, total) {
    const share = SHARES[step] || [96, 99];
    const part = Math.min(1, done / (total || 1));
    const name = step === "queued" ? ordinal(total) + " in line" : STEPS[step] || "Working";
    const counts = step === "uploading" || (step !== "queued" && total > 1);
    return {
      name: name,
      text: counts ? name + " " + Math.round(100 * part) + " %" : name,
      percent: share[0] + (share[1] - share[0]) * part,
    };
  }

  predict.progress = {
    described: described,

    show: function (text, percent) {
      if (!byId("predict-progress")) return; // another page of the app
      byId("predict-progress").classList.remove("idle");
      byId("predict-bar").style.width = percent + "%";
      byId("predict-step").textContent = text;
    },

    hide: function () {
      if (byId("predict-progress")) byId("predict-progress").classList.add("idle");
    },

    announce: function (text) {
      if (!byId("predict-live") || text === announced) return;
      byId("predict-live").textContent = announced = text;
    },

    /* An error is shown where the page looks for it, and takes the focus. */
    fail: function (text) {
      const error = byId("predict-error");
      if (!error) return;
      error.textContent = text;
      error.classList.remove("idle");
      error.focus();
    },

    clear: function () {
      if (!byId("predict-error")) return;
      byId("predict-error").classList.add("idle");
      byId("predict-error").textContent = "";
    },

    begin: function () { announced = ""; },
  };
})();
