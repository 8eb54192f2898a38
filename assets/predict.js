/* The Predict page in the browser: shows the chosen clip and hands its answer to the server's
   drawing through the store "predict-answer". Clips stay in this tab: the player reads them from
   memory, they are never in the address. The other parts are in the files predict-*.js. */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};
  const predict = (window.genrelensPredict = window.genrelensPredict || {});
  let drawn = null; // the clip whose answer is in the store

  function byId(id) {
    return document.getElementById(id);
  }

  /* What the server accepts, as the page says. */
  predict.limits = function () {
    const said = byId("predict-slot") ? byId("predict-slot").dataset : predict.limits.last;
    predict.limits.last = said; // uploads go on while another page is open
    return {
      action: said.action, maxBytes: Number(said.maxBytes), maxClips: Number(said.maxClips),
      recordingMin: Number(said.recordingMin), recordingMax: Number(said.recordingMax),
    };
  };

  /* For other scripts of the page: {name, file, answer} of the clip on show, or null. */
  predict.current = function () {
    return predict.clips.shown();
  };

  /* Without an address alone, a player goes on with what it has read. */
  function silence(audio) {
    audio.pause();
    audio.removeAttribute("src");
    audio.load();
  }

  /* The window says what was heard; the name of a file is not for a browser's history. */
  function setTitle(clip) {
    if (!clip) {
      document.title = byId("predict-slot").dataset.title;
      return;
    }
    const counts = predict.votes(clip.answer.models.map(function (model) { return model.genre; }));
    const divided = counts.length > 1 && counts[0].votes === counts[1].votes;
    document.title = (divided ? "Divided models" : counts[0].votes + " of " +
      clip.answer.models.length + " models hear " + counts[0].genre) + " · GenreLens";
  }

  function showClip(clip) {
    const audio = byId("predict-audio");
    byId("predict-unplayed").hidden = true;
    byId("predict-name").textContent = clip ? clip.name : "";
    if (clip) audio.src = predict.clips.address(clip);
    else silence(audio);
    predict.rewind();
    window.dash_clientside.set_props("predict-answer", { data: clip ? clip.answer : null });
    if (!clip) window.dash_clientside.set_props("predict-result", { hidden: true });
    setTitle(clip);
    document.dispatchEvent(new CustomEvent("genrelens:clip", { detail: clip }));
  }

  function changed() {
    if (!byId("predict-drop")) return;
    const clips = predict.clips.all();
    byId("predict-cancel").textContent = clips.length > 1 ? "Cancel all" : "Cancel";
    byId("predict-remove").hidden = clips.length !== 1;
    byId("predict-back").hidden = clips.length < 2;
    predict.drawTable();
    if (predict.clips.shown() === drawn) return;
    drawn = predict.clips.shown();
    showClip(drawn);
  }

  predict.clips.whenChanged(changed);

  function removeAll() {
    predict.work.remove(predict.clips.all());
    predict.progress.clear();
    predict.progress.announce("Everything is removed.");
    byId("predict-input").focus();
  }

  document.addEventListener("click", function (event) {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    if (target.closest("#predict-remove, #predict-remove-all")) removeAll();
    if (!target.closest("#predict-cancel")) return;
    predict.work.cancel();
    byId("predict-input").focus();
  });

  /* The page is opened, for the first time or again. */
  window.dash_clientside.genrelensPredict = {
    mount: function () {
      predict.mountInput();
      predict.mountSlider();
      drawn = null;
      setTimeout(changed, 0); // Dash is still busy with this callback
      return window.dash_clientside.no_update;
    },
  };
})();
