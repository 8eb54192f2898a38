/* Cards that hold a grid instead of a figure: their numbers are what the grid shows now, and on a
   slide its first rows are drawn as a figure of texts, so that stage, files and pictures need no
   second way. A grid with cells of its own says them in `genrelens.tablesOfGrids`. */
(function () {
  "use strict";
  var genrelens = (window.genrelens = window.genrelens || {});
  var MOST_DRAWN = 12; // rows that can be read from afar
  var LINE_PX = 20, PADDING_PX = 16;
  var LONGEST = 24; // characters of a line in a cell
  var WIDTH_PX = 880, SMALLEST_PX = 9, LARGEST_PX = 14;
  var LETTER = 0.56; // of the size of the letters, on average

  genrelens.tablesOfGrids = {}; // id of a grid -> function that gives its numbers

  function text(value) {
    return value === null || value === undefined ? "" : String(value);
  }

  genrelens.gridApi = function (id) {
    try {
      return (window.dash_ag_grid && window.dash_ag_grid.getApi(id)) || null;
    } catch (error) {
      return null; // the page is another one by now
    }
  };

  /* The columns and rows as they stand, sorted and filtered. */
  genrelens.gridNumbers = function (section) {
    var api = genrelens.gridApi(section.dataset.grid);
    if (!api) return null;
    var caption = document.getElementById(section.dataset.card + "-sentence");
    var own = genrelens.tablesOfGrids[section.dataset.grid];
    var numbers = own ? own() : shownIn(api);
    if (numbers) numbers.caption = caption ? caption.textContent.trim() : "";
    return numbers;
  };

  function shownIn(api) {
    var columns = api.getAllDisplayedColumns().filter(function (column) {
      return column.getColDef().field;
    });
    if (!columns.length) { // a phone shows blocks
      columns = api.getColumns().filter(function (column) { return column.getColDef().field; });
    }
    var numbers = { rows: [], exact: [], runs: [] };
    numbers.columns = columns.map(function (column) { return column.getColDef().headerName; });
    numbers.numeric = columns.map(function (column) {
      return column.getColDef().type === "rightAligned";
    });
    api.forEachNodeAfterFilterAndSort(function (node) {
      numbers.rows.push(columns.map(function (column) {
        return text(api.getCellValue({ rowNode: node, colKey: column, useFormatter: true }));
      }));
      numbers.exact.push(columns.map(function (column) {
        return text(node.data[column.getColDef().field]);
      }));
      if (node.data.run) numbers.runs.push(node.data.run);
    });
    return numbers;
  }

  /* At most two lines; an interval begins the second. */
  function lines(cell) {
    var cut = cell.search(/ [[(]/);
    if (cut < 0 && cell.length > LONGEST) cut = cell.lastIndexOf(" ", LONGEST);
    var parts = cut > 0 ? [cell.slice(0, cut), cell.slice(cut + 1).replace(/^· /, "")] : [cell];
    return parts.map(function (part) {
      return part.length > LONGEST ? part.slice(0, LONGEST - 1) + "…" : part;
    });
  }

  function escaped(part) {
    return part.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  }

  function longest(cells) {
    return Math.max.apply(null, [3].concat(cells.map(function (cell) {
      return Math.max.apply(null, cell.map(function (line) { return line.length; }));
    })));
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }

  /* One trace of texts a column: left-aligned at its left edge, numbers at their right edge. */
  function columnTrace(cells, numeric, left, width) {
    return {
      type: "scatter", mode: "text", hoverinfo: "skip", cliponaxis: false, showlegend: false,
      x: cells.map(function () { return numeric ? left + width : left; }),
      y: cells.map(function (_cell, k) { return k; }),
      text: cells.map(function (cell, k) {
        var said = cell.map(escaped).join("<br>");
        return k ? said : "<b>" + said + "</b>";
      }),
      textposition: numeric ? "middle left" : "middle right",
    };
  }

  /* Recolours like a figure of the server: by the template that says its mode. */
  function layout(n_rows, total) {
    var hidden = { visible: false, fixedrange: true };
    var ground = { paper_bgcolor: colour("surface"), plot_bgcolor: colour("surface") };
    var size = Math.min(Math.max(WIDTH_PX / (total * LETTER), SMALLEST_PX), LARGEST_PX);
    var rules = [];
    for (var k = 0; k < n_rows - 1; k += 1) {
      rules.push({
        type: "line", xref: "paper", x0: 0, x1: 1, y0: k + 0.5, y1: k + 0.5,
        line: { color: colour("line"), width: k ? 1 : 2 },
      });
    }
    return Object.assign({}, ground, {
      template: { layout: ground }, shapes: rules, dragmode: false,
      font: { family: getComputedStyle(document.body).fontFamily, size: size, color: colour("text") },
      margin: { l: 8, r: 8, t: 0, b: 0 },
      xaxis: Object.assign({ range: [0, total] }, hidden),
      yaxis: Object.assign({ range: [n_rows - 0.5, -0.5] }, hidden),
    });
  }

  /* The first rows of a table as a figure, with the height at which it reads well. */
  genrelens.tableFigure = function (numbers) {
    var rows = [numbers.columns].concat(numbers.rows.slice(0, MOST_DRAWN));
    var left = 0, data = [], high = 1;
    numbers.columns.forEach(function (_name, k) {
      var cells = rows.map(function (row) { return lines(row[k]); });
      var width = longest(cells);
      high = Math.max(high, Math.max.apply(null, cells.map(function (cell) { return cell.length; })));
      data.push(columnTrace(cells, numbers.numeric[k], left, width));
      left += width + 2;
    });
    return {
      data: data, layout: layout(rows.length, left - 2),
      height: rows.length * (high * LINE_PX + PADDING_PX),
    };
  };
})();
