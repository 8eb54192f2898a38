/* The list on the Tracks page: rows and columns from what dashboard/components/track_grid.py sends,
   the cells, the order, and the list as CSV. On a phone each track is a few lines of one column. */
(function () {
  "use strict";
  var GRID = "tracks-grid";
  var MISSING = "–";
  var FEWEST = 3; // as in track_grid.py
  var PHONE_ROW = 84, ROW = 40;
  var cells = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  var shown = null; // what the server sent last

  function genre(letter) {
    return letter === "-" ? "" : shown.genres[letter.charCodeAt(0) - 65];
  }

  function flagText(bits, suggested) {
    return [bits & 1 ? "has a copy" : "", bits & 2 ? "label: " + suggested + "?" : ""]
      .filter(Boolean).join(", ");
  }

  function row(id, k) {
    var made = {
      id: id, track: id, "true": genre(shown.true[k]), margin: shown.margin[k],
      right: Number(shown.right[k]), agree: Number(shown.agree[k]), models: shown.names.length,
      second: shown.second ? genre(shown.second[k]) : "",
      flags: flagText(Number(shown.flags[k]), genre(shown.suggested[k])),
    };
    shown.answers.forEach(function (letters, m) {
      made["answer_" + m] = genre(letters[k]);
      made["percent_" + m] = shown.percents[m][k];
    });
    return made;
  }

  /* As format_count writes it: "9,355". */
  function count(number) {
    return number.toLocaleString("en-US");
  }

  function probability(percent) {
    return percent === null || percent === undefined ? MISSING : (percent / 100).toFixed(2);
  }

  function followHeaders(grid) {
    if (!grid || grid.followed) return;
    grid.followed = true;
    grid.addEventListener("sortChanged", function (event) {
      if (event.source !== "uiColumnSorted") return;
      window.genrelens.chooseOrder("tracks", "sort", window.genrelens.orderOf(grid));
    });
  }

  /* "listed" is the order of the list; "margin-down" is the column margin, largest first. */
  function direction(order, column) {
    if (order === column) return "asc";
    return order === column + "-down" ? "desc" : null;
  }

  function column(spec, chosen, order) {
    var renderer = spec.cell === "link" ? "TrackLink" : spec.cell === "share" ? "TrackShare"
      : spec.cell === "number" ? "TrackMargin" : spec.cell === "text" ? undefined : "TrackAnswer";
    return {
      colId: spec.id, field: spec.id, headerName: spec.header, width: spec.width,
      cellRenderer: renderer, sort: direction(order, spec.id),
      hide: Boolean(spec.choice) && chosen.indexOf(spec.choice) < 0,
      pinned: spec.id === "track" ? "left" : null,
      type: spec.cell === "share" || spec.cell === "number" ? "rightAligned" : undefined,
      flex: spec.choice === "answers" || spec.choice === "flags" ? 1 : undefined,
      minWidth: spec.choice === "answers" ? 144 : 60,
      cellRendererParams: {
        model: spec.cell, probability: chosen.indexOf("probability") >= 0,
      },
    };
  }

  function same(a, b) {
    return JSON.stringify(a) === JSON.stringify(b);
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.tracks = {
    rows: function (data, style) {
      shown = data || null;
      var rows = shown ? shown.ids.map(row) : [];
      return [rows, Object.assign({}, style, { "--rows": Math.max(rows.length, FEWEST) })];
    },

    columns: function (data, chosen, order, narrow, options) {
      var no_update = window.dash_clientside.no_update;
      if (!data) return [no_update, no_update];
      followHeaders(api());
      var made = data.columns.map(function (spec) { return column(spec, chosen || [], order); });
      if (narrow) {
        made.forEach(function (one) { one.hide = true; one.pinned = null; });
        made.unshift({
          colId: "lines", field: "id", headerName: "Songs", cellRenderer: "TrackLines", flex: 1,
          sortable: false, autoHeaderHeight: false, suppressHeaderMenuButton: true,
        });
      }
      var fitting = Object.assign({}, options, {
        rowHeight: narrow ? PHONE_ROW : ROW, headerHeight: narrow ? 0 : undefined,
      });
      if (!narrow) delete fitting.headerHeight;
      return [made, same(fitting, options) ? no_update : fitting];
    },
  };

  function make(name, props) {
    var rest = Array.prototype.slice.call(arguments, 2);
    return React.createElement.apply(null, [name, props].concat(rest));
  }

  /* The sign and the words say what the colour says. */
  function answer(props, m, withProbability) {
    var said = props.data["answer_" + m];
    if (!said) return make("span", { className: "track-missing", title: "not tested" }, MISSING);
    var right = said === props.data.true;
    return make("span", { className: right ? "track-right" : "track-wrong" },
      make("span", { "aria-hidden": "true", className: "track-sign" }, right ? "✓" : "✗"),
      make("span", { className: "visually-hidden" }, right ? "right: " : "wrong: "),
      said + (withProbability ? " " + probability(props.data["percent_" + m]) : ""));
  }

  function link(id) {
    var url = new URL(window.location.href);
    url.searchParams.set("track", id);
    return make("a", { href: url.pathname + url.search, "data-track": id }, id);
  }

  cells.TrackLink = function (props) { return link(props.data.id); };
  cells.TrackAnswer = function (props) {
    var given = props.colDef.cellRendererParams;
    return answer(props, given.model, given.probability);
  };
  cells.TrackShare = function (props) { return props.value + " of " + props.data.models; };
  cells.TrackMargin = function (props) { return probability(props.value); };

  cells.TrackLines = function (props) {
    var answers = shown.names.map(function (name, m) {
      return make("span", { key: m, className: "track-line-answer" },
        make("span", { className: "visually-hidden" }, name + " "), answer(props, m, m === 0));
    });
    return make("div", { className: "track-lines" },
      make("div", { className: "track-line-head" }, link(props.data.id),
        make("strong", null, props.data.true)),
      make("div", { className: "track-line" }, answers),
      make("div", { className: "track-line fine-hint" },
        props.data.right + " of " + props.data.models + " right · margin " +
          probability(props.data.margin) + (props.data.flags ? " · " + props.data.flags : "")));
  };

  function api() {
    return window.genrelens.gridApi(GRID);
  }

  /* The rows as they stand, each a data object; the playlist of tracks_keys.js, tracks_place.js. */
  function listed() {
    var grid = api(), rows = [];
    if (grid) grid.forEachNodeAfterFilterAndSort(function (node) { rows.push(node.data); });
    return rows;
  }

  /* "✓ blues 0.98" */
  function spoken(data, m) {
    var said = data["answer_" + m];
    if (!said) return MISSING;
    return (said === data.true ? "✓ " : "✗ ") + said + " " + probability(data["percent_" + m]);
  }

  function share(percent) {
    return percent === null || percent === undefined ? "" : String(percent / 100);
  }

  function exactRow(data) {
    var answers = shown.names.flatMap(function (_name, m) {
      return [data["answer_" + m], share(data["percent_" + m])];
    });
    return [data.id, data.true].concat(answers, [
      String(data.right), String(data.agree), share(data.margin), data.flags, shown.protocol,
    ]);
  }

  /* The whole list in its order, whatever columns are hidden; files have answers and probabilities
     in columns of their own. */
  window.genrelens.tablesOfGrids[GRID] = function () {
    if (!shown) return null;
    var rows = listed(), names = shown.names;
    var halves = names.flatMap(function (name) { return [name, name + ": probability"]; });
    return {
      columns: ["Track", "True genre"].concat(names, ["Right", "Agree", "Margin", "Flags"]),
      numeric: [false, false].concat(names.map(function () { return false; }), [true, true, true, false]),
      rows: rows.map(function (data) {
        return [data.id, data.true].concat(names.map(function (_name, m) { return spoken(data, m); }), [
          data.right + " of " + data.models, data.agree + " of " + data.models,
          probability(data.margin), data.flags,
        ]);
      }),
      exactColumns: ["track", "true genre"].concat(halves,
        ["models right", "models agreeing", "margin", "flags", "protocol"]),
      exact: rows.map(exactRow),
      runs: shown.runs,
    };
  };

  window.genrelensTracks = {
    api: api, listed: listed, count: count, shown: function () { return shown; },
  };
})();
