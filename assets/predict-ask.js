/* Questions about the clip on show that are asked on request (dashboard/components/on_request.py):
   the clip is sent again, the steps are shown, and the answer goes to the server's drawing. Answers
   stay with their clip in this tab. */
(function () {
  "use strict";
  const predict = (window.genrelensPredict = window.genrelensPredict || {});
  const BEFORE = { uploading: [0, 10], queued: [10, 10], decoding: [10, 12] }; // percent of the bar
  const WORK = [12, 100];

  function byId(id) {
    return document.getElementById(id);
  }

  /* `part` names the elements and the store; `step` is the server's name of the work itself. */
  function question(part, step, working) {
    const own = "predict-" + part;
    let cancel = null; // of the request under way
    let announced = "";

    function at(name) {
      return byId(own + "-" + name);
    }

    function announce(text) {
      if (text === announced || !at("live")) return;
      at("live").textContent = announced = text;
    }

    function show(answer) {
      window.dash_clientside.set_props(own, { data: answer });
      if (!answer) window.dash_clientside.set_props(own + "-slot", { hidden: true });
    }

    /* `text` is the step, or "" where nothing is under way. */
    function say(text, percent) {
      if (!at("ask")) return; // another page of the app
      at("progress").classList.toggle("idle", !text);
      at("bar").style.width = percent + "%";
      at("step").textContent = text;
      at("ask").disabled = Boolean(text);
    }

    function fail(text) {
      cancel = null;
      say("", 0);
      if (!at("error")) return;
      at("error").textContent = text;
      at("error").hidden = !text;
      if (text) at("error").focus();
    }

    function stop() {
      if (cancel) cancel();
      fail("");
    }

    function progress(name, done, total) {
      const share = name === step ? WORK : BEFORE[name] || [0, 0];
      const known = predict.progress.described(name, done, total);
      const said = name === step ? working : known.name;
      const text = name === step ? working + " " + done + " of " + total : known.text;
      say(text, share[0] + (share[1] - share[0]) * Math.min(1, done / (total || 1)));
      announce(said);
    }

    function ask() {
      const clip = predict.current();
      if (!clip || !clip.file || cancel) return;
      fail("");
      show(null);
      cancel = predict.send(clip.file, {
        step: progress,
        pause: function (seconds) {
          say("The server is busy. Trying again in " + seconds + " s", 0);
          announce("The server is busy.");
        },
        answer: function (answer) {
          (clip.asked = clip.asked || {})[part] = answer;
          cancel = null;
          say("", 0);
          announce("The clip was asked about again. The result follows.");
          if (predict.current() === clip) show(answer);
        },
        fail: fail,
      }, at("ask").dataset.action);
    }

    /* Another clip is on show, or the page was opened again. */
    document.addEventListener("genrelens:clip", function (event) {
      if (!at("ask")) return;
      stop();
      show((event.detail && event.detail.asked && event.detail.asked[part]) || null);
    });

    document.addEventListener("click", function (event) {
      const target = event.target instanceof Element ? event.target : null;
      if (!target) return;
      if (target.closest("#" + own + "-ask")) ask();
      if (!target.closest("#" + own + "-cancel")) return;
      stop();
      announce("Cancelled.");
      at("ask").focus();
    });
  }

  question("steady", "alterations", "Altering the clip and asking again");
  question("listening", "listening", "Hiding places and asking the network again");
})();
