/* Everything leads to tracks. A click on a mark of a figure, a lasso, or a link in a table opens the
   Tracks page with the list behind it, and the way back. Addresses come from dashboard/leads.py: the
   trace's `meta.leads` has places, "{x}", that are filled from the mark. Nothing asks the server. */
(function () {
  "use strict";
  var genrelens = (window.genrelens = window.genrelens || {});
  var PLACE = /%7B(\w+)%7D/g; // "{x}" as it stands in an address
  var MOST_CORNERS = 12;
  var LONGEST_WAY = 1500; // characters of an address that still tells its own way back
  var heard = new WeakSet(); // the emitters of plots that are listened to
  var touched = false;
  var tapped = ""; // where the finger's last tap would have led

  /* ---- from a mark to an address ---- */

  function value(point, name) {
    var given = /^\d+$/.test(name) ? (point.customdata || [])[name] : point[name];
    return given === undefined || given === null ? "" : String(given);
  }

  genrelens.leadOf = function (point) {
    var meta = (point && (point.data || point.fullData || {}).meta) || {};
    if (!meta.leads) return "";
    if (meta.count !== undefined && !Number(value(point, String(meta.count)))) return "";
    var whole = true;
    var address = meta.leads.replace(PLACE, function (_all, name) {
      var found = value(point, name);
      whole = whole && found !== "";
      return encodeURIComponent(found).replace(/%2C/g, ",");
    });
    return whole ? address : "";
  };

  /* ---- a lasso becomes a polygon of few corners ---- */

  function triangle(a, b, c) {
    return Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]));
  }

  /* Takes away, again and again, the corner that changes the area least (Visvalingam 1993). */
  function fewCorners(corners, most) {
    var kept = corners.slice();
    while (kept.length > most) {
      var least = Infinity, place = 0;
      kept.forEach(function (corner, k) {
        var before = kept[(k + kept.length - 1) % kept.length], after = kept[(k + 1) % kept.length];
        var area = triangle(before, corner, after);
        if (area < least) { least = area; place = k; }
      });
      kept.splice(place, 1);
    }
    return kept;
  }

  genrelens.areaOf = function (selected) {
    var drawn = selected && selected.lassoPoints, box = selected && selected.range, corners = [];
    if (drawn && drawn.x) {
      corners = drawn.x.map(function (x, k) { return [x, drawn.y[k]]; });
    } else if (box && box.x) {
      corners = [[box.x[0], box.y[0]], [box.x[1], box.y[0]], [box.x[1], box.y[1]], [box.x[0], box.y[1]]];
    }
    if (corners.length < 3) return "";
    return fewCorners(corners, MOST_CORNERS).map(function (corner) {
      return corner[0].toFixed(2) + "," + corner[1].toFixed(2);
    }).join(";");
  };

  /* ---- going there ---- */

  function withWayBack(address, card) {
    if (!/^\/tracks\b/.test(address)) return address; // other pages show no way back of their own
    var here = new URL(window.location.href);
    if (here.href.length > LONGEST_WAY) here.searchParams.delete("back"); // ways nest, list after list
    var back = here.pathname + here.search + (card ? "#" + card : "");
    return address + (address.includes("?") ? "&" : "?") + "back=" + encodeURIComponent(back).replace(/%2F/g, "/");
  }

  genrelens.lead = function (address, inside) {
    var card = inside && inside.closest("[id$='-card']");
    window.history.pushState({}, "", withWayBack(address, card && card.id));
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate")); // what dcc.Link does
    window.scrollTo(0, 0);
  };

  function listen(plot) {
    if (!plot.on || heard.has(plot.on)) return;
    heard.add(plot.on);
    plot.on("plotly_click", function (event) {
      var address = genrelens.leadOf(event.points[0]);
      if (!address) return;
      if (touched && tapped !== address) { tapped = address; return; } // a first tap shows the label
      tapped = "";
      genrelens.lead(address, plot);
    });
    plot.on("plotly_hover", function (event) {
      plot.classList.toggle("leads-on", Boolean(genrelens.leadOf(event.points[0])));
    });
    plot.on("plotly_unhover", function () {
      plot.classList.remove("leads-on");
    });
    plot.on("plotly_selected", function (selected) {
      var address = ((plot.layout || {}).meta || {}).leads, area = address && genrelens.areaOf(selected);
      if (area) genrelens.lead(address.replace("%7Barea%7D", area), plot);
    });
  }

  /* A plot can be heard once it is drawn; a pointer that comes over it is early enough. */
  document.addEventListener("pointerover", function (event) {
    touched = event.pointerType === "touch";
    var plot = event.target instanceof Element && event.target.closest(".js-plotly-plot");
    if (plot) listen(plot);
  });

  /* ---- links in tables, for the keyboard too ---- */

  genrelens.leadCell = function (cell, leads, row, column) {
    var rest = leads && leads.cells[row] && leads.cells[row][column];
    if (rest === null || rest === undefined) return;
    var link = document.createElement("a");
    link.href = leads.start + rest;
    link.className = "lead-link";
    link.textContent = cell.textContent;
    cell.replaceChildren(link);
  };

  document.addEventListener("click", function (event) {
    var link = event.target instanceof Element && event.target.closest("a.lead-link");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    genrelens.lead(link.getAttribute("href"), link);
  });
})();
