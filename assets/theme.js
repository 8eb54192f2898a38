/* Sets the colour mode before the first paint; loaded in <head>, without waiting for anything.
   A choice made with the switch is remembered; without one the system's preference counts. */
(function () {
  "use strict";
  var KEY = "genrelens-colour-mode";
  var system = window.matchMedia("(prefers-color-scheme: dark)");

  function remembered() {
    try {
      var value = localStorage.getItem(KEY);
      return value === "light" || value === "dark" ? value : null;
    } catch (error) {
      return null; // storage is switched off: the system's preference still counts
    }
  }

  function current() {
    return remembered() || (system.matches ? "dark" : "light");
  }

  function apply(mode) {
    document.documentElement.setAttribute("data-bs-theme", mode);
    document.documentElement.setAttribute("data-ag-theme-mode", mode);
  }

  window.genrelensTheme = {
    current: current,
    choose: function (mode) {
      try {
        localStorage.setItem(KEY, mode);
      } catch (error) {
        // not remembered, but applied all the same
      }
      apply(mode);
    },
  };

  apply(current());
  system.addEventListener("change", function () {
    if (remembered()) return;
    apply(current());
    if (window.dash_clientside && window.dash_clientside.set_props) {
      window.dash_clientside.set_props("colour-mode", { data: current() });
    }
  });
})();
