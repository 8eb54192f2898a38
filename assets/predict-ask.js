/* Questions about the clip on show that are asked on request (dashboard/components/on_request.py):
   the clip is sent again, the steps are shown, and the answer goes to the server's drawing. Answers
   stay with their clip in this tab; one that comes while another page is open is shown afterwards. */
(function () {
  "use strict";
  const predict = (window.genrelensPredict = window.genrelensPredict || {});
  const genrelens = (window.genrelens = window.genrelens || {});
  const BEFORE = { uploading: [0, 10], queued: [10, 10], decoding: [10, 12] }; // percent of the bar
  const WORK = [12, 100];

  function byId(id) {
    return document.getElementById(id);
  }

  /* `part` names the elements and the store; `step` is the server's name of the work itself. */
  function question(part, step, working) {
    const own = "predict-" + part;
    let now = null; // what is under way: {clip, cancel, text, percent}
    let announced = "";

    function at(name) {
      return byId(own + "-" + name);
    }

    function announce(text) {
      if (text === announced || !at("live")) return;
      at("live").textContent = announced = text;
    }

    /* The answer, or none; where none is shown that asks the server nothing. */
    function show(answer) {
      const store = genrelens.component(own);
      if (!store || !(answer || store.props.data)) return;
      window.dash_clientside.set_props(own, { data: answer });
      if (!answer) window.dash_clientside.set_props(own + "-slot", { hidden: true });
    }

    /* `text` is the step, or "" where nothing is under way. */
    function say(text, percent) {
      if (now) Object.assign(now, { text: text, percent: percent });
      if (!at("ask")) return; // another page of the app
      at("progress").classList.toggle("idle", !text);
      at("bar").style.width = percent + "%";
      at("step").textContent = text;
      at("ask").disabled = Boolean(text);
    }

    function fail(text) {
      now = null;
      say("", 0);
      if (!at("error")) return;
      at("error").textContent = text;
      at("error").hidden = !text;
      if (text) at("error").focus();
    }

    function stop() {
      if (now) now.cancel();
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
      if (!clip || !clip.file || now) return;
      fail("");
      show(null);
      now = { clip: clip };
      now.cancel = predict.send(clip.file, {
        step: progress,
        pause: function (reason, seconds) {
          say(reason + " Trying again in " + seconds + " s", 0);
          announce(reason);
        },
        answer: function (answer) {
          (clip.asked = clip.asked || {})[part] = answer;
          now = null;
          say("", 0);
          announce("The clip was asked about again. The result follows.");
          if (predict.current() === clip) show(answer);
        },
        fail: fail,
      }, at("ask").dataset.action);
    }

    /* Another clip is on show, or the page was opened again: then what is under way goes on. */
    document.addEventListener("genrelens:clip", function (event) {
      if (!at("ask")) return;
      if (now && now.clip === event.detail) say(now.text, now.percent);
      else stop();
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
  question("listening", "listening", "Hiding places and asking the models again");
})();
