/* Which columns of the Tracks page a visitor chose, kept in the browser. An address that names
   columns goes before, and changes nothing of what is kept; Reset forgets it. */
(function () {
  "use strict";
  var STORED = "genrelens-track-columns"; // their names with commas between

  function kept() {
    try {
      return localStorage.getItem(STORED);
    } catch (error) {
      return null; // storage is switched off: the address alone keeps them
    }
  }

  function keep(names) {
    try {
      if (names === null) localStorage.removeItem(STORED);
      else localStorage.setItem(STORED, names);
    } catch (error) {
      // not kept
    }
  }

  /* What the list of columns starts with, before anything is drawn. */
  window.dash_clientside.tracks.keptColumns = function (_id, options) {
    var stored = kept();
    var isNamed = new URLSearchParams(window.location.search).has("columns");
    if (stored === null || isNamed) return window.dash_clientside.no_update;
    return options.map(function (option) { return option.value; }).filter(function (name) {
      return stored.split(",").indexOf(name) >= 0;
    });
  };

  document.addEventListener("change", function (event) {
    var list = event.target instanceof Element && event.target.closest(".page-tracks .column-list");
    if (!list) return;
    keep(Array.from(list.querySelectorAll("input:checked"), function (tick) {
      return tick.value;
    }).join(","));
  });

  document.addEventListener("click", function (event) {
    var target = event.target instanceof Element ? event.target : null;
    if (target && target.closest(".page-tracks a.reset")) keep(null);
  });
})();
