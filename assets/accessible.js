/* Keys in grids, and what assistive technology is told of figures. The sentence of a card is its figure's name, and
   the table holds its numbers, so the loose texts of the drawing (ticks, cells, legends) are
   hidden from screen readers; the buttons of the figure stay within reach. */
(function () {
  "use strict";
  var waiting = false;

  document.addEventListener("keydown", function (event) {
    var cell = event.key === "Enter" && document.activeElement.closest(".ag-cell");
    var link = cell && cell === document.activeElement && cell.querySelector("a");
    if (link) link.click();
  });

  function hideDrawings() {
    waiting = false;
    document.querySelectorAll(".main-svg:not([aria-hidden])").forEach(function (drawing) {
      drawing.setAttribute("aria-hidden", "true");
    });
  }

  /* Plotly draws thousands of nodes at a time: look once after each burst, not at each node. */
  new MutationObserver(function () {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(hideDrawings);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
