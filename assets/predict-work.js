/* Works through the clips of the Predict page, one after another in their order. A clip that cannot
   be used says so in its row and the next one follows; one that came alone says so on the page, and
   is kept where it may yet be answered. */
(function () {
  "use strict";
  const predict = (window.genrelensPredict = window.genrelensPredict || {});
  const MEGABYTE = 1048576;
  let current = null; // {clip, cancel}
  let sum = 0, done = 0; // of the clips that are being worked through

  function refusal(file) {
    const most = predict.limits().maxBytes;
    if (!file.size) return "“" + file.name + "” is empty. Choose another file.";
    if (file.size <= most) return null;
    return "“" + file.name + "” has " + (file.size / MEGABYTE).toFixed(1) + " MB; at most " +
      most / MEGABYTE + " MB can be sent. Cut out a piece, or save it as MP3 or OGG.";
  }

  /* "2 of 5, blues.wav: " where there are several. */
  function place(clip) {
    return sum > 1 ? done + 1 + " of " + sum + ", " + clip.name + ": " : "";
  }

  function say(clip, text, percent) {
    predict.progress.show(place(clip) + text, percent);
    predict.clips.update(clip, { text: text });
    predict.showStep(clip);
  }

  function ended(clip) {
    if (!current || current.clip !== clip) return;
    current = null;
    done += 1;
    next();
  }

  function failed(clip, text, again) {
    const alone = clip.alone && sum === 1;
    if (alone && !again) predict.clips.remove([clip]);
    else predict.clips.update(clip, { state: "failed", text: text, again: again });
    if (alone) predict.progress.fail(text.includes(clip.name) ? text : "“" + clip.name + "”: " + text);
    else predict.progress.announce(clip.name + ": " + text);
    ended(clip);
  }

  function answered(clip, answer) {
    predict.clips.update(clip, { state: "done", text: "", answer: answer });
    predict.progress.announce(sum > 1 ? place(clip) + "complete."
      : "The analysis is complete. The result follows.");
    ended(clip);
  }

  function ways(clip) {
    return {
      step: function (step, part, total) {
        const words = predict.progress.described(step, part, total);
        say(clip, words.text, words.percent);
        if (sum === 1 || step === "queued") predict.progress.announce(place(clip) + words.name);
      },
      pause: function (reason, seconds, tries, most) {
        const text = reason + " Trying again in " + seconds + " s (try " + (tries + 1) + " of " +
          most + ")";
        say(clip, text, 0);
        if (current && current.tries !== tries) predict.progress.announce(place(clip) + text);
        if (current) current.tries = tries;
      },
      answer: function (answer) { answered(clip, answer); },
      fail: function (text, again) { failed(clip, text, again); },
    };
  }

  /* An example's file is fetched first; it is sent like any other. */
  function fetched(clip) {
    const controller = new AbortController();
    say(clip, predict.progress.described("fetching", 0, 1).text, 0);
    fetch(clip.url, { signal: controller.signal })
      .then(function (response) {
        if (!response.ok) throw new Error(String(response.status));
        return response.blob();
      })
      .then(function (blob) {
        if (!current || current.clip !== clip) return;
        clip.file = new File([blob], clip.name, { type: blob.type });
        current.cancel = predict.send(clip.file, ways(clip));
      })
      .catch(function () {
        if (!current || current.clip !== clip) return;
        failed(clip, "The example could not be fetched. Reload the page.", true);
      });
    return function () { controller.abort(); };
  }

  function next() {
    const clip = predict.clips.waiting();
    if (current) return;
    if (!clip) {
      sum = done = 0;
      predict.progress.hide();
      return;
    }
    current = { clip: clip, cancel: function () {} };
    predict.clips.update(clip, { state: "working", text: "Uploading" });
    if (sum > 1) predict.progress.announce(done + 1 + " of " + sum + ": " + clip.name);
    const reason = clip.file && refusal(clip.file);
    if (reason) failed(clip, reason, false);
    else current.cancel = clip.file ? predict.send(clip.file, ways(clip)) : fetched(clip);
  }

  function stop(clips) {
    const was = current;
    sum -= clips.filter(function (clip) { return clip.state === "waiting"; }).length;
    if (!was || !clips.includes(was.clip)) return;
    current = null;
    sum -= 1;
    was.cancel();
  }

  predict.work = {
    add: function (sources) {
      sum += sources.length;
      predict.progress.clear();
      predict.progress.begin();
      predict.clips.add(sources);
      next();
    },

    again: function (clip) {
      sum += 1;
      predict.progress.clear();
      predict.clips.update(clip, { state: "waiting", text: "Waiting", again: false });
      next();
    },

    remove: function (clips) {
      stop(clips);
      predict.clips.remove(clips);
      next();
    },

    /* All that is not answered yet. */
    cancel: function () {
      predict.work.remove(predict.clips.all().filter(function (clip) {
        return clip.state === "waiting" || clip.state === "working";
      }));
      predict.progress.announce("Cancelled.");
    },
  };
})();
