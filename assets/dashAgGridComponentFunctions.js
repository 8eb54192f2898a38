/* Cells of dash-ag-grid tables, named in dashboard/components/model_table.py. */
var dagcomponentfuncs = (window.dashAgGridComponentFunctions =
  window.dashAgGridComponentFunctions || {});

dagcomponentfuncs.ModelLink = function (props) {
  return React.createElement("a", { href: props.data.link }, props.value);
};

/* The number, and what follows it (interval, comparison) below it and smaller. */
dagcomponentfuncs.ScoreCell = function (props) {
  var text = props.data[props.colDef.field + "_text"] || "";
  var cut = text.search(/ [\[(]/);
  if (cut < 0) return React.createElement("span", null, text);
  return React.createElement("span", null, text.slice(0, cut + 1),
    React.createElement("small", null, text.slice(cut + 1)));
};
