/* The Explore page: cards are drawn as they come into view, the slider of abstention moves marker and
   sentence. What is said at each stop of the slider comes with its figure. */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};
  var FIRST_MS = 500; // for the card on top
  var BETWEEN_MS = 100;

  function whenIdle(act) {
    if (window.requestIdleCallback) window.requestIdleCallback(act, { timeout: 300 });
    else setTimeout(act, 200);
  }

  /* Each card once: when it comes near the window, else one after the other when there is time. */
  function takeTurns(cards) {
    var waiting = cards.slice();
    var observer = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (entry.isIntersecting) take(entry.target.id.replace(/-slot$/, ""));
      });
    }, { rootMargin: "200px" });
    function take(card) {
      if (waiting.indexOf(card) < 0) return;
      waiting.splice(waiting.indexOf(card), 1);
      var slot = document.getElementById(card + "-slot");
      if (!slot) return; // another page is shown by now
      observer.unobserve(slot);
      window.dash_clientside.set_props(card + "-turn", { data: true });
    }
    function next() {
      if (!waiting.length) return;
      take(waiting[0]);
      setTimeout(whenIdle, BETWEEN_MS, next);
    }
    cards.forEach(function (card) {
      var slot = document.getElementById(card + "-slot");
      if (slot) observer.observe(slot);
    });
    setTimeout(whenIdle, FIRST_MS, next);
  }

  window.dash_clientside.explore = {
    takeTurns: function (cards) {
      requestAnimationFrame(function () { takeTurns(cards); });
      return window.dash_clientside.no_update;
    },

    /* The marker is the last trace, its line the first shape (dashboard/figures/abstain.py). */
    answered: function (value, data, figure) {
      var same = window.dash_clientside.no_update;
      var points = data && data.points[value];
      if (!points || !figure.layout.shapes) return [same, same, value + " %"];
      var share = value / 100;
      var last = figure.data.length - 1;
      var traces = figure.data.slice();
      traces[last] = Object.assign({}, traces[last], points); // x: the stored shares, y: the scores
      var line = Object.assign({}, figure.layout.shapes[0], { x0: share, x1: share });
      var layout = Object.assign({}, figure.layout, { shapes: [line] });
      return [{ data: traces, layout: layout }, data.said[value], value + " %"];
    },
  };
})();
