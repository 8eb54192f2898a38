/* Cells of dash-ag-grid tables, named in dashboard/components/model_table.py. */
var dagcomponentfuncs = (window.dashAgGridComponentFunctions =
  window.dashAgGridComponentFunctions || {});

dagcomponentfuncs.ModelLink = function (props) {
  return React.createElement("a", { href: props.data.link }, props.value);
};
