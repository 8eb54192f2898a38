/* Recolours figures when a visitor switches between light and dark, without asking the server: each
   colour has one partner in the other mode (dashboard/colour_pairs.py). A figure says by its
   template which mode it was drawn in, so one that arrives late, drawn for the mode before, is
   recoloured, too. */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};
  window.genrelens = window.genrelens || {};

  var COLOUR = /#[0-9a-f]{6}\b|rgba\(\d+, ?\d+, ?\d+/gi;
  var PAUSE_MS = 100;
  var pairs = [];
  var tables = {};

  function channels(colour) {
    return [1, 3, 5].map(function (start) {
      return parseInt(colour.slice(start, start + 2), 16);
    }).join(",");
  }

  /* "#rrggbb" and "rgba(r,g,b" -> the same of the other mode. */
  function table(mode) {
    var found = {};
    pairs.forEach(function (pair) {
      var from = pair[mode === "dark" ? 0 : 1];
      var to = pair[mode === "dark" ? 1 : 0];
      found[from] = to;
      found["rgba(" + channels(from)] = "rgba(" + channels(to);
    });
    return found;
  }

  function replaced(value, colours) {
    if (typeof value === "string") {
      return value.replace(COLOUR, function (colour) {
        return colours[colour.toLowerCase().replace(/ /g, "")] || colour;
      });
    }
    if (Array.isArray(value)) return value.map(function (part) { return replaced(part, colours); });
    if (!value || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
    var copy = {};
    Object.keys(value).forEach(function (name) {
      copy[name] = name === "bdata" ? value[name] : replaced(value[name], colours); // numbers
    });
    return copy;
  }

  /* "light" or "dark"; null for what has no template, and so nothing to recolour. */
  function drawnFor(figure) {
    var layout = figure && figure.layout && figure.layout.template && figure.layout.template.layout;
    if (!layout || !pairs.length) return null;
    return layout.paper_bgcolor === pairs[0][1] ? "dark" : "light"; // the first is the page itself
  }

  /* A figure as the server would have drawn it in that mode; the same object if it has. */
  function recolour(figure, mode) {
    var now = drawnFor(figure);
    if (!now || now === mode) return figure;
    return replaced(figure, tables[mode]);
  }

  function page() {
    var mode = document.documentElement.dataset.bsTheme;
    document.querySelectorAll(".dash-graph[id]").forEach(function (graph) {
      if (graph.id.startsWith("{")) return;
      var shown = window.dash_component_api.getLayout(graph.id);
      var figure = shown && shown.props && shown.props.figure;
      var coloured = recolour(figure, mode);
      if (coloured !== figure) window.dash_clientside.set_props(graph.id, { figure: coloured });
    });
    // what is under way was asked for in the mode before
    if (window.store && window.store.getState().isLoading) setTimeout(page, PAUSE_MS);
  }

  window.genrelens.recolour = recolour;
  window.dash_clientside.genrelens = Object.assign(window.dash_clientside.genrelens || {}, {
    recolourPage: function (_mode, given) {
      pairs = given;
      tables = { light: table("light"), dark: table("dark") };
      setTimeout(page, 0); // Dash is still busy with this callback
      return window.dash_clientside.no_update;
    },
  });
})();
