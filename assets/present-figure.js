/* Draws a frozen figure: on the stage at a readable size, or as a picture. Part of exported files. */
(function () {
  "use strict";
  const present = (window.genrelensPresent = window.genrelensPresent || {});
  const CONFIG = { displaylogo: false, displayModeBar: false, responsive: false, showSendToCloud: false };
  const LEAST_WIDTH = 900; // px at which figures were designed; more room makes everything larger
  const SQUEEZE = 0.8; // of the height on its page that a figure still reads well at
  const SMALLEST = 0.6; // below, letters could not be read

  function mode() {
    return document.documentElement.dataset.bsTheme === "dark" ? "dark" : "light";
  }

  /* The figure in the colours of a mode, where the page can recolour; else as it was frozen. */
  function inMode(scene, wanted) {
    const recolour = window.genrelens && window.genrelens.recolour; // not in exported files
    const figure = JSON.parse(JSON.stringify(scene.figure));
    if (!recolour || scene.mode === wanted) return { figure: figure, mode: scene.mode };
    const coloured = recolour(figure, wanted); // the same object where it could not
    return { figure: coloured, mode: coloured === figure ? scene.mode : wanted };
  }

  function sized(figure, width, height) {
    return {
      data: figure.data,
      layout: Object.assign({}, figure.layout, { width: width, height: height, autosize: false }),
    };
  }

  /* Draws into `place`, enlarged as a whole so that letters, lines and marks grow together. */
  function draw(place, scene, box) {
    const scale = Math.min(
      Math.max(box.width / LEAST_WIDTH, 1),
      Math.max(box.height / (SQUEEZE * scene.height), SMALLEST)
    );
    const drawn = inMode(scene, mode());
    const made = sized(drawn.figure, Math.floor(box.width / scale), Math.floor(box.height / scale));
    const plot = document.createElement("div");
    plot.className = "present-plot";
    plot.style.transform = "scale(" + scale + ")";
    plot.style.width = made.layout.width + "px";
    plot.style.height = made.layout.height + "px";
    clear(place);
    place.appendChild(plot);
    return window.Plotly.newPlot(plot, made.data, made.layout, CONFIG);
  }

  function clear(place) {
    const old = place.querySelector(".present-plot");
    if (old && window.Plotly) window.Plotly.purge(old);
    place.replaceChildren();
  }

  /* A data address of the figure as "png" or "svg". */
  function picture(scene, format, size, wanted) {
    const made = sized(inMode(scene, wanted || mode()).figure, size.width, size.height);
    return window.Plotly.toImage(made, {
      format: format, width: size.width, height: size.height, scale: size.scale || 1,
    });
  }

  /* The scene's numbers as a table. */
  function table(numbers) {
    const made = document.createElement("table");
    made.className = "numbers";
    const head = made.createTHead().insertRow();
    numbers.columns.forEach(function (name, k) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = name;
      cell.className = numbers.numeric[k] ? "number" : "";
      head.appendChild(cell);
    });
    const body = made.createTBody();
    numbers.rows.forEach(function (texts) {
      const row = body.insertRow();
      texts.forEach(function (one, k) {
        const cell = row.insertCell();
        cell.textContent = one;
        cell.className = numbers.numeric[k] ? "number" : "";
      });
    });
    if (numbers.total > numbers.rows.length) {
      made.createCaption().textContent = "The first " + numbers.rows.length + " of " +
        numbers.total + " rows.";
    }
    return made;
  }

  /* Rules of the page's own style sheets, for a window or a file that asks nobody for them. */
  function styles(wanted) {
    return Array.from(document.styleSheets).map(function (sheet) {
      if (/bootstrap|blob:/.test(sheet.href || "")) return "";
      return Array.from(sheet.cssRules).filter(function (rule) {
        return wanted.test(rule.selectorText || rule.cssText);
      }).map(function (rule) { return rule.cssText; }).join("\n");
    }).join("\n");
  }

  present.figure = {
    draw: draw, clear: clear, picture: picture, table: table, mode: mode, inMode: inMode, styles: styles,
  };
})();
