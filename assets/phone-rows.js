/* Grids on a phone: one column of blocks instead of many columns (dashboard/components/phone_rows.py).
   The other columns stay in the grid, hidden, so that sorting and filters work on them. */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};

  window.dash_clientside.genrelensRows = {
    shape: function (narrow, columns, shown, options) {
      var isBlocks = (shown || []).some(function (column) { return column.colId === "block"; });
      var no_update = window.dash_clientside.no_update;
      if (!narrow && !isBlocks) return [no_update, no_update]; // as it came from the server
      if (!narrow) {
        var wide = columns.wide.map(function (column) {
          return Object.assign({ hide: false }, column);
        });
        return [wide, Object.assign({}, options, { pagination: columns.paged })];
      }
      var all = [columns.block].concat(columns.wide.map(function (column) {
        return Object.assign({}, column, { hide: true });
      }));
      return [all, Object.assign({}, options, {
        pagination: true, paginationPageSize: columns.rows, paginationPageSizeSelector: false,
      })];
    },
  };

  var grid = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});

  function shown(value, digits) {
    if (value === null || value === undefined || value === "") return "–";
    return digits === null || digits === undefined ? String(value) : Number(value).toFixed(digits);
  }

  /* A title, a line below it, and names with their values. */
  grid.RowBlock = function (props) {
    var make = React.createElement, row = props.data;
    var title = props.link
      ? make("a", { href: row[props.link], tabIndex: -1, key: "title" }, row[props.title])
      : make("strong", { key: "title" }, row[props.title]);
    var below = props.below.map(function (field) { return row[field]; }).filter(Boolean).join(" · ");
    var facts = props.facts.map(function (fact) {
      return make("div", { key: fact.label }, make("dt", null, fact.label),
        make("dd", null, shown(row[fact.field], fact.digits)));
    });
    return make("div", { className: "row-block" }, title,
      below ? make("p", { key: "below" }, below) : null, make("dl", { key: "facts" }, facts));
  };
})();
