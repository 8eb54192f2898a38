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

  function probability(percent) {
    return percent === null || percent === undefined ? MISSING : (percent / 100).toFixed(2);
  }

  /* An order that a column's header gave and that the menu of orders does not offer; it ends with
     the list that it was given in. */
  var headerOrder = null, menuOrder = null;
  var followed = null; // the grid's api

  function followHeaders(grid) {
    if (grid !== followed) headerOrder = menuOrder = null;
    followed = grid;
    if (!grid || grid.followed) return;
    grid.followed = true;
    grid.addEventListener("sortChanged", function (event) {
      if (event.source !== "uiColumnSorted") return;
      var sorted = grid.getColumnState().filter(function (state) { return state.sort; })[0];
      var order = sorted ? sorted.colId + (sorted.sort === "desc" ? "-down" : "") : "listed";
      var menu = document.querySelector("select[id*='\"name\":\"sort\"']");
      var offered = menu && Array.from(menu.options).some(function (option) {
        return option.value === order;
      });
      headerOrder = offered ? null : order;
      if (offered) {
        window.dash_clientside.set_props({ type: "control", page: "tracks", name: "sort" },
          { value: order });
      }
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
      if (order !== menuOrder) headerOrder = null;
      menuOrder = order;
      order = headerOrder || order;
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

    /* Whether a track is open, and its place in the list; the grid needs a moment for new rows. */
    opened: function (id) {
      requestAnimationFrame(function () { mark(id); });
      var rows = listed(), place = rows.findIndex(function (row) { return row.id === id; });
      return ["tracks-split" + (id ? " track-open" : ""), !id,
        id && place >= 0 ? place + 1 + " of " + rows.length : ""];
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
    try {
      return window.dash_ag_grid.getApi(GRID);
    } catch (error) {
      return null; // the page is another one by now
    }
  }

  /* The rows as they stand, each a data object; the playlist of tracks_keys.js. */
  function listed() {
    var grid = api(), rows = [];
    if (grid) grid.forEachNodeAfterFilterAndSort(function (node) { rows.push(node.data); });
    return rows;
  }

  function mark(id) {
    var grid = api(), node = grid && id && grid.getRowNode(id);
    if (grid && !node) grid.deselectAll();
    if (node) {
      node.setSelected(true, true);
      grid.ensureNodeVisible(node);
    }
  }

  function csvCell(value) {
    var text = value === null || value === undefined ? "" : String(value);
    if (/^[=+\-@\t\r]/.test(text) && isNaN(Number(text))) text = "'" + text; // no formulas
    return /[",\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  }

  function csv() {
    var head = ["track", "true genre"];
    shown.names.forEach(function (name) { head.push(name, name + ": probability"); });
    var lines = [head.concat("models right", "models agreeing", "margin", "flags", "protocol")];
    listed().forEach(function (data) {
      var line = [data.id, data.true];
      shown.names.forEach(function (_name, m) {
        var percent = data["percent_" + m];
        line.push(data["answer_" + m], percent === null ? "" : percent / 100);
      });
      lines.push(line.concat(data.right, data.agree,
        data.margin === null || data.margin === undefined ? "" : data.margin / 100, data.flags,
        shown.protocol));
    });
    return lines.map(function (line) { return line.map(csvCell).join(","); }).join("\n") + "\n";
  }

  document.addEventListener("click", function (event) {
    if (!(event.target instanceof Element) || !event.target.closest("#tracks-csv")) return;
    var made = document.createElement("a");
    made.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" }));
    made.download = "genrelens-tracks.csv";
    document.body.appendChild(made);
    made.click();
    made.remove();
    setTimeout(function () { URL.revokeObjectURL(made.href); }, 10000);
  });

  window.genrelensTracks = { listed: listed, mark: mark, shown: function () { return shown; } };
})();
