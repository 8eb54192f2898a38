/* Puts what a page shows first where it belongs (dashboard/components/opening.py): cards in sight at
   once, the others one by one when the browser has time, or when they are scrolled to. */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};
  var genrelens = (window.genrelens = window.genrelens || {});
  var NEAR = "200px"; // below the window
  var IDLE_MS = 150; // at the longest until the next card is drawn
  var opened = 0; // pages; what still waits for one that was left is forgotten

  function whenIdle(act) {
    if (window.requestIdleCallback) window.requestIdleCallback(act, { timeout: IDLE_MS });
    else setTimeout(act, 0);
  }

  function same(id, other) {
    if (typeof id === "string" || !other) return id === other;
    return Object.keys(id).every(function (key) { return id[key] === other[key]; });
  }

  /* A component; null once its page was left, when nothing or something else stands in its place. */
  function shown(id) {
    var known = typeof id !== "string" || window.store.getState().paths.strs[id];
    var found = known && window.dash_component_api.getLayout(id);
    return found && found.props && same(id, found.props.id) ? found : null;
  }

  genrelens.component = shown;

  /* Whether its inputs are still what it was asked with; a choice made meanwhile has its own answer. */
  function current(part) {
    return part.asked.every(function (asked) {
      var input = shown(asked[0]);
      return input && JSON.stringify(input.props[asked[1]] ?? null) === JSON.stringify(asked[2] ?? null);
    });
  }

  function set(part) {
    if (!current(part)) return;
    var mode = document.documentElement.dataset.bsTheme; // may have changed since
    part.props.forEach(function (each) {
      if (!shown(each[0])) return;
      if (each[1].figure) each[1].figure = genrelens.recolour(each[1].figure, mode);
      window.dash_clientside.set_props(each[0], each[1]);
    });
  }

  /* Whether it is a card that has nothing to show, which is as the page laid it out. */
  function blank(part) {
    return part.props.some(function (each) { return each[0].type === "card-numbers" && each[1].data === null; });
  }

  /* The card that a part fills, if it is one. */
  function cardOf(part) {
    var id = part.props.map(function (each) { return each[0]; }).find(function (id) { return id.card; });
    return id ? document.getElementById(id.card + "-card") : null;
  }

  function show(parts) {
    var page = ++opened;
    var waiting = new Map(); // card -> its part
    parts.forEach(function (part) {
      if (blank(part)) return;
      var card = cardOf(part);
      var top = card && card.offsetParent !== null ? card.getBoundingClientRect().top : Infinity;
      if (card && top > window.innerHeight) waiting.set(card, part);
      else set(part);
    });
    var observer = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) { if (entry.isIntersecting) take(entry.target); });
    }, { rootMargin: NEAR });
    function take(card) {
      observer.unobserve(card);
      if (page === opened && waiting.has(card)) set(waiting.get(card));
      waiting.delete(card);
    }
    function next() {
      if (page !== opened || !waiting.size) return;
      take(waiting.keys().next().value);
      whenIdle(next);
    }
    waiting.forEach(function (_part, card) { observer.observe(card); });
    whenIdle(next);
  }

  window.dash_clientside.genrelensOpening = {
    show: function (parts) {
      requestAnimationFrame(function () { show(parts || []); });
      return window.dash_clientside.no_update;
    },
  };
})();
