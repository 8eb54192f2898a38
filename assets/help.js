/* The Help page goes to the place that its address names, and the address follows the links of its
   table of contents, without a new entry in the history. */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};

  function go(anchor) {
    var place = anchor && document.getElementById(anchor);
    if (!place || !place.closest(".page-help")) return;
    place.scrollIntoView();
    place.focus({ preventScroll: true });
  }

  window.dash_clientside.genrelensHelp = {
    arrive: function () {
      requestAnimationFrame(function () { go(window.genrelens.namedPlace()); });
      return "help-here";
    },
  };

  /* assets/jump.js scrolls; here the address learns where, so that it can be copied. */
  document.addEventListener("click", function (event) {
    var link = event.target instanceof Element && event.target.closest(".page-help .jump-link");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    window.history.replaceState(window.history.state, "", link.hash);
  }, true);

  window.addEventListener("popstate", function () {
    go(window.genrelens.namedPlace());
  });
})();
