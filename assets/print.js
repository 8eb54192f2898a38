/* Before paper comes out each figure is drawn in light colours and made as wide as a page, and
   afterwards as it was. Follows the media query and not window.print, so that a print preview shows the same. */
(function () {
  "use strict";
  var PAPER_PX = 690; // an A4 page within the margins of print.css, at 96 pixels an inch
  var DRAWN_PX = 960; // at most; then shrunk to the page, so that labels keep apart
  var before = [];

  function printed(plot) {
    var figure = { data: plot.data, layout: plot.layout };
    var recolour = window.genrelens.recolour;
    var light = recolour ? recolour(figure, "light") : figure;
    var onScreen = plot._fullLayout.width; // the page itself is laid out for paper already
    return { data: light.data, layout: Object.assign({}, light.layout, {
      width: Math.min(DRAWN_PX, onScreen), height: plot.clientHeight, autosize: false,
    }) };
  }

  function begin() {
    var plots = Array.from(document.querySelectorAll(".js-plotly-plot")).filter(function (plot) {
      return plot.offsetParent !== null && plot._fullLayout;
    });
    before = plots.map(function (plot) {
      var paper = printed(plot);
      var kept = { plot: plot, data: plot.data, layout: plot.layout };
      window.Plotly.react(plot, paper.data, paper.layout);
      plot.style.zoom = Math.min(1, PAPER_PX / paper.layout.width);
      return kept;
    });
  }

  function end() {
    before.forEach(function (kept) {
      kept.plot.style.zoom = "";
      window.Plotly.react(kept.plot, kept.data, kept.layout).then(function () {
        window.Plotly.Plots.resize(kept.plot);
      });
    });
    before = [];
  }

  window.matchMedia("print").addEventListener("change", function (paper) {
    if (!window.Plotly) return;
    if (paper.matches) begin();
    else end();
  });
})();
