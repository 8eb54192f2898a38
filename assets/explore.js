/* The Explore page: the slider of abstention moves marker and sentence. What is said at each of its
   stops comes with its figure. */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};

  window.dash_clientside.explore = {
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
