/* Cells of dash-ag-grid tables, named in dashboard/components/model_table.py. */
var dagcomponentfuncs = (window.dashAgGridComponentFunctions =
  window.dashAgGridComponentFunctions || {});

/* Arrows move between cells, Enter follows the link (assets/accessible.js), Tab leaves the grid. */
dagcomponentfuncs.ModelLink = function (props) {
  return React.createElement("a", { href: props.data.link, tabIndex: -1 }, props.value);
};

/* Leads to the tracks of a row; assets/leads.js adds the way back. */
dagcomponentfuncs.LeadLink = function (props) {
  return React.createElement("a", { href: props.data.link, className: "lead-link" }, props.value);
};

/* The number, and what follows it (interval, comparison) below it and smaller. */
dagcomponentfuncs.ScoreCell = function (props) {
  var text = props.data[props.colDef.field + "_text"] || "";
  var cut = text.search(/ [\[(]/);
  if (cut < 0) return React.createElement("span", null, text);
  return React.createElement("span", null, text.slice(0, cut + 1),
    React.createElement("small", null, text.slice(cut + 1)));
};
