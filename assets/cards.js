/* What the tools of a card do. A card's numbers arrive in its store and are kept here; its figure is
   read from the plot. `window.genrelens.snapshot(card)` is all that a card shows, as plain values. */
(function () {
  "use strict";
  var LONG_NAME = 16; // letters of a column's name that half a phone does not hold beside a number
  window.dash_clientside = window.dash_clientside || {};
  var genrelens = (window.genrelens = window.genrelens || {});
  var numbersOf = new WeakMap(); // by a card's section, with which they go
  var drawn = new WeakMap(); // a card's section -> the numbers that its table shows

  function byId(id) {
    return document.getElementById(id);
  }

  function words(id) {
    var found = byId(id);
    return found ? found.textContent.trim() : "";
  }

  /* The address that shows exactly this card: its page as it is chosen now, without the way that led
     there, and the card. */
  genrelens.cardAddress = function (card) {
    var chosen = window.location.search.slice(1).split("&").filter(function (part) {
      return part && !part.startsWith("back=");
    }).join("&");
    return window.location.pathname + (chosen ? "?" + chosen : "") + "#" + card + "-card";
  };

  genrelens.numbers = function (card) {
    var section = byId(card + "-card");
    var own = genrelens.ownNumbers && genrelens.ownNumbers[card]; // of a table that a script draws
    if (own) return own();
    if (section && section.dataset.grid) return genrelens.gridNumbers(section);
    return (section && numbersOf.get(section)) || null;
  };

  genrelens.plot = function (card) {
    return document.querySelector("#" + card + "-figure .js-plotly-plot");
  };

  function plain(value) {
    return JSON.parse(JSON.stringify(value, function (_key, part) {
      return ArrayBuffer.isView(part) ? Array.from(part) : part;
    }));
  }

  genrelens.snapshot = function (card) {
    var section = byId(card + "-card");
    if (!section) return null;
    var plot = genrelens.plot(card);
    var numbers = genrelens.numbers(card);
    var figure = plot && plot.data ? plain({ data: plot.data, layout: plot.layout }) : null;
    if (!figure && numbers && section.dataset.grid) figure = genrelens.tableFigure(numbers);
    return {
      card: card,
      page: section.dataset.page,
      title: section.querySelector(".card-heading").textContent.trim(),
      sentence: words(card + "-sentence"),
      figure: figure,
      height: plot ? plot.clientHeight : figure ? figure.height : 0,
      numbers: numbers && plain(numbers),
      address: genrelens.cardAddress(card),
      runs: numbers && numbers.runs ? numbers.runs.slice() : [],
      results: (byId("results-id") || { dataset: {} }).dataset.results || "",
    };
  };

  genrelens.download = function (name, content, type) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type: type }));
    link.download = name;
    document.body.appendChild(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
  };

  function csvCell(value) {
    if (/^[=+\-@\t\r]/.test(value) && isNaN(Number(value))) value = "'" + value; // no formulas
    return /[",\n]/.test(value) ? '"' + value.replace(/"/g, '""') + '"' : value;
  }

  function downloadCsv(card) {
    var numbers = genrelens.numbers(card);
    if (!numbers) return;
    var lines = [numbers.exactColumns || numbers.columns].concat(numbers.exact).map(function (row) {
      return row.map(csvCell).join(",");
    });
    genrelens.download("genrelens-" + card + ".csv", lines.join("\n") + "\n", "text/csv;charset=utf-8");
  }

  function downloadPicture(card, format) {
    var plot = genrelens.plot(card);
    if (!plot || !window.Plotly) return;
    window.Plotly.downloadImage(plot, {
      format: format, scale: format === "png" ? 2 : 1, filename: "genrelens-" + card,
      width: plot.clientWidth || 900, height: plot.clientHeight || 450,
    });
  }

  genrelens.cardActions = {
    csv: downloadCsv,
    png: function (card) { downloadPicture(card, "png"); },
    svg: function (card) { downloadPicture(card, "svg"); },
  };

  function element(name, text, className) {
    var made = document.createElement(name);
    if (text) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  /* Built here and not of Dash components, of which thousands would block the page. The roles stay
     where a phone shows rows as blocks (tables_phone.css), which would make it no table otherwise. */
  function table(numbers) {
    var made = element("table", "", numbers.columns.length > 3 ? "numbers many" : "numbers");
    var longest = Math.max.apply(null, numbers.columns.slice(1).map(function (name) { return name.length; }));
    made.classList.toggle("long-names", longest > LONG_NAME);
    made.setAttribute("role", "table");
    made.appendChild(element("caption", numbers.caption, "visually-hidden"));
    var head = made.createTHead().insertRow();
    numbers.columns.forEach(function (name, k) {
      var cell = element("th", name, numbers.numeric[k] ? "number" : "");
      cell.scope = "col";
      cell.setAttribute("role", "columnheader");
      head.appendChild(cell);
    });
    head.setAttribute("role", "row");
    var body = made.createTBody();
    numbers.rows.forEach(function (texts, r) {
      var row = body.insertRow();
      row.setAttribute("role", "row");
      texts.forEach(function (text, k) {
        var cell = element("td", text, numbers.numeric[k] ? "number" : "");
        cell.setAttribute("role", "cell");
        cell.dataset.label = numbers.columns[k];
        row.appendChild(cell);
        genrelens.leadCell(cell, numbers.leads, r, k); // assets/leads.js
      });
    });
    return made;
  }

  /* Draws a card's table where that was not done yet: most are never looked at. */
  genrelens.drawTable = function (card) {
    var section = byId(card + "-card");
    var frame = document.querySelector("#" + card + "-table > div");
    var numbers = genrelens.numbers(card);
    if (!section || !frame || drawn.get(section) === numbers) return;
    frame.replaceChildren.apply(frame, numbers ? [table(numbers)] : []);
    drawn.set(section, numbers);
  };

  window.dash_clientside.genrelensCards = {
    drawTable: function (numbers, id) {
      var came = Boolean(numbers); // what failed meanwhile has none, and still says so
      var empty = Boolean(numbers && numbers.empty); // there are none, as opposed to not yet
      if (empty) numbers = null;
      var section = byId(id.card + "-card");
      if (section) numbersOf.set(section, numbers);
      var failure = section && section.querySelector(".card-error");
      if (section) section.toggleAttribute("data-empty", empty);
      if (came && failure && !failure.hidden) {
        window.dash_clientside.set_props({ type: "card-failure", card: id.card }, { hidden: true, children: "" });
      }
      if (section && section.querySelector(".card-view input:checked")) genrelens.drawTable(id.card);
      return window.dash_clientside.no_update;
    },

    /* What went wrong is said where it was to be drawn, and takes the focus. */
    showFailure: function (said, id) {
      requestAnimationFrame(function () {
        var failure = document.querySelector("#" + id.card + "-card .card-error");
        if (said && failure && !failure.hidden) failure.focus();
      });
      return window.dash_clientside.no_update;
    },

    showTable: function (value, id) {
      var asTable = value && value.length;
      if (asTable) genrelens.drawTable(id.card);
      return asTable ? "card-body-switch show-table" : "card-body-switch";
    },
  };

  document.addEventListener("click", function (event) {
    var button = event.target instanceof Element && event.target.closest("[data-card-action]");
    var action = button && genrelens.cardActions[button.dataset.cardAction];
    if (action) action(button.dataset.card, button);
  });

  /* "Add to presentation" is offered where its script is there. */
  document.addEventListener("DOMContentLoaded", function () {
    if (document.querySelector('script[src*="assets/present"]')) {
      document.documentElement.dataset.presents = "true";
    }
  });
})();
