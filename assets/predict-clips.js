/* The clips of this tab on the Predict page: what was chosen, how far each is, which one is shown.
   They are in memory only: going to another page and back keeps them, a reload forgets them. */
(function () {
  "use strict";
  const predict = (window.genrelensPredict = window.genrelensPredict || {});
  let all = [];
  let shown = null;
  let wanted = []; // of the clips that were chosen last, the first to be answered is shown
  let count = 0;
  const watchers = [];

  function changed() {
    watchers.forEach(function (watch) { watch(); });
  }

  /* `source` is {name, file} or, for an example, {name, url}; `alone` says that it came by itself. */
  function made(source, alone) {
    count += 1;
    return Object.assign({
      id: "clip-" + count, alone: alone, state: "waiting", text: "Waiting", answer: null,
    }, source);
  }

  function forget(clip) {
    if (clip.address) URL.revokeObjectURL(clip.address);
    clip.address = null;
    all = all.filter(function (other) { return other !== clip; });
    wanted = wanted.filter(function (other) { return other !== clip; });
  }

  function answered() {
    return all.filter(function (clip) { return clip.answer; });
  }

  predict.clips = {
    all: function () { return all.slice(); },
    shown: function () { return shown; },
    find: function (id) { return all.find(function (clip) { return clip.id === id; }); },
    waiting: function () { return all.find(function (clip) { return clip.state === "waiting"; }); },
    whenChanged: function (watch) { watchers.push(watch); },

    add: function (sources) {
      const come = sources.map(function (source) { return made(source, sources.length === 1); });
      all = all.concat(come);
      wanted = come;
      changed();
    },

    /* New values of a clip; a step's text alone redraws no row. */
    update: function (clip, values) {
      const before = clip.state;
      Object.assign(clip, values);
      if (clip.answer && wanted.includes(clip)) {
        wanted = [];
        shown = clip;
      }
      if (clip.state !== before) changed();
    },

    remove: function (clips) {
      clips.forEach(forget);
      if (!all.includes(shown)) shown = answered()[0] || null;
      changed();
    },

    /* What a visitor asked to see is not replaced by what comes later. */
    show: function (clip) {
      wanted = [];
      shown = clip;
      changed();
    },

    /* The address of a clip in memory, for the player; `remove` takes it back. */
    address: function (clip) {
      clip.address = clip.address || URL.createObjectURL(clip.file);
      return clip.address;
    },
  };
})();
