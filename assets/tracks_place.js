/* The opened track's place in the list of the Tracks page: its row is marked and in sight, and the
   next and the previous song are known even where the list does not hold this one. */
(function () {
  "use strict";
  var tracks = window.genrelensTracks;
  var lastOrder = []; // ids as they stood when the list last held the opened track
  var markedIn = null; // the list in which a row was marked last

  function current() {
    return new URLSearchParams(window.location.search).get("track") || "";
  }

  /* A row comes into the middle of a new list, or to its top where the middle is below the window;
     within the same list it moves no more than it must. */
  function position(fresh) {
    if (!fresh) return null;
    var body = document.querySelector("#tracks-grid .ag-body-viewport").getBoundingClientRect();
    return body.top + body.height / 2 < window.innerHeight ? "middle" : "top";
  }

  /* By Dash, which takes away what it does not know of. */
  function select(ids) {
    window.dash_clientside.set_props("tracks-grid", { selectedRows: { ids: ids } });
  }

  function mark(id) {
    var grid = tracks.api(), node = grid && id && grid.getRowNode(id);
    if (grid) select(node ? [id] : []);
    if (!node) return;
    var fresh = markedIn !== tracks.shown();
    markedIn = tracks.shown();
    grid.ensureNodeVisible(node, position(fresh));
    keepInSight(grid);
  }

  /* Headers take their height after the rows are there, and windows change theirs. */
  function keepInSight(grid) {
    if (grid.keepsInSight) return;
    grid.keepsInSight = true;
    grid.addEventListener("bodyHeightChanged", function () {
      var node = grid.getRowNode(current());
      if (node) grid.ensureNodeVisible(node);
    });
  }

  function placeOf(id) {
    var list = tracks.shown();
    if (!id || !list) return "";
    var rows = tracks.listed(), place = rows.findIndex(function (row) { return row.id === id; });
    if (place < 0) return rows.length === list.ids.length ? "not in this list now" : "";
    lastOrder = rows.map(function (row) { return row.id; });
    return tracks.count(place + 1) + " of " + tracks.count(rows.length);
  }

  function isByName(ids) {
    return ids.every(function (id, k) { return !k || ids[k - 1] < id; });
  }

  /* The nearest one of the list that comes after (before) a song which is not in it: by name where
     the list is in that order, else as they stood in the list that held it. */
  function nearest(ids, id, by) {
    var order = isByName(ids) ? ids.concat(id).sort() : lastOrder;
    var place = order.indexOf(id);
    if (place < 0) return by > 0 ? ids[0] : ids[ids.length - 1];
    var after = by > 0 ? order.slice(place + 1) : order.slice(0, place).reverse();
    return after.find(function (other) { return ids.indexOf(other) >= 0; });
  }

  /* The song `by` places on; undefined at the ends. */
  tracks.beside = function (by) {
    var ids = tracks.listed().map(function (row) { return row.id; });
    var id = current(), place = ids.indexOf(id);
    if (place >= 0) return ids[place + by];
    if (!id) return by > 0 ? ids[0] : ids[ids.length - 1];
    return nearest(ids, id, by);
  };
  tracks.current = current;

  /* Whether a track is open, and its place in the list; the grid needs a moment for new rows. */
  window.dash_clientside.tracks.opened = function (id) {
    requestAnimationFrame(function () { mark(id); });
    return ["tracks-split" + (id ? " track-open" : ""), !id, placeOf(id)];
  };
})();
