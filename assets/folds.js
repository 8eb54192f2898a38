/* Folds that are filled when they are unfolded (dashboard/components/fold.py). */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};

  document.addEventListener("toggle", function (event) {
    var name = event.target instanceof Element && event.target.dataset.fold;
    if (name) window.dash_clientside.set_props(name + "-open", { data: event.target.open });
  }, true); // a toggle does not bubble

  window.dash_clientside.genrelensFolds = {
    /* What is to be asked: nothing while it is closed, nor again what it shows already. */
    ask: function (isOpen) {
      var given = Array.from(arguments), choices = given.slice(1, -2);
      var asked = given[given.length - 2], id = given[given.length - 1];
      if (!isOpen || JSON.stringify(choices) === JSON.stringify(asked)) {
        return window.dash_clientside.no_update;
      }
      window.dash_clientside.set_props(id.replace(/-asked$/, "-content"), { children: "Loading …" });
      return choices;
    },
  };
})();
