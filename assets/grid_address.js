/* What the address keeps of a grid (dashboard/components/grid_address.py): its order, its filters and
   its ticks. They are given to the grid once it is there; afterwards what a visitor does in it is
   written to the controls, from which the address is written. */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};
  var genrelens = (window.genrelens = window.genrelens || {});
  var LISTED = "listed", BY_HEADER = "by the header of a column";
  var PATIENCE_FRAMES = 300;

  function idOf(page, name) {
    return { type: "control", page: page, name: name };
  }

  function set(page, name, props) {
    window.dash_clientside.set_props(idOf(page, name), props);
  }

  /* "margin-down" is the column margin, largest first. */
  function orderOf(api) {
    var sorted = api.getColumnState().filter(function (state) { return state.sort; })[0];
    return sorted ? sorted.colId + (sorted.sort === "desc" ? "-down" : "") : LISTED;
  }

  genrelens.orderOf = orderOf;

  /* Chooses an order; the menu gets an entry for one that only a header offers. */
  genrelens.chooseOrder = function (page, name, order) {
    var shown = window.dash_component_api.getLayout(idOf(page, name));
    var options = ((shown && shown.props.options) || []).filter(function (option) {
      return option.label !== BY_HEADER;
    });
    var offered = options.some(function (option) { return option.value === order; });
    if (!offered) options = options.concat([{ label: BY_HEADER, value: order }]);
    set(page, name, { options: options, value: order });
  };

  function applyOrder(api, order) {
    if (orderOf(api) === order) return;
    var field = order.replace(/-down$/, "");
    var state = order === LISTED ? [] : [{ colId: field, sort: field === order ? "asc" : "desc" }];
    api.applyColumnState({ state: state, defaultState: { sort: null } });
  }

  function condition(parts, kind) {
    var values = parts.slice(1).map(decodeURIComponent);
    if (kind === "number") values = values.map(Number);
    return { filterType: kind, type: parts[0], filter: values[0], filterTo: values[1] };
  }

  /* "field~condition~value~or~condition~value" -> [field, ag-grid's model of it] */
  function clause(text, api) {
    var parts = text.split("~"), column = api.getColumn(parts[0]);
    if (!column) return null;
    var kind = column.getColDef().filter === "agNumberColumnFilter" ? "number" : "text";
    var at = parts.findIndex(function (part, k) { return k > 1 && (part === "and" || part === "or"); });
    if (at < 0) return [parts[0], condition(parts.slice(1), kind)];
    return [parts[0], {
      filterType: kind, operator: parts[at].toUpperCase(),
      conditions: [condition(parts.slice(1, at), kind), condition(parts.slice(at + 1), kind)],
    }];
  }

  /* What says no text ("%ff") filters nothing; the server cannot tell. */
  function model(text, api) {
    try {
      return Object.fromEntries(text.split(";").map(function (one) {
        return clause(one, api);
      }).filter(Boolean));
    } catch (error) {
      if (!(error instanceof URIError)) throw error;
      return {};
    }
  }

  function plain(value) {
    return encodeURIComponent(value).replace(/~/g, "%7E");
  }

  function written(one) {
    return [one.type].concat([one.filter, one.filterTo].filter(function (value) {
      return value !== null && value !== undefined;
    }).map(plain)).join("~");
  }

  function filtersOf(api) {
    var chosen = api.getFilterModel() || {};
    return Object.keys(chosen).map(function (field) {
      var one = chosen[field];
      var said = one.conditions ? one.conditions.map(written).join("~" + one.operator.toLowerCase() + "~")
        : written(one);
      return field + "~" + said;
    }).join(";");
  }

  function hasRows(api) {
    var some = false;
    api.forEachNode(function () { some = true; });
    return some;
  }

  /* By Dash, which takes away what it does not know of. */
  function tick(api, kept, ids) {
    var there = ids.split(",").filter(function (id) { return id && api.getRowNode(id); });
    if (there.length) window.dash_clientside.set_props(kept.grid, { selectedRows: { ids: there } });
  }

  function listen(api, kept) {
    api.addEventListener("sortChanged", function (event) {
      if (event.source === "uiColumnSorted") genrelens.chooseOrder(kept.page, kept.names.sort, orderOf(api));
    });
    api.addEventListener("filterChanged", function () {
      set(kept.page, kept.names.filter, { value: filtersOf(api) });
    });
    if (!kept.names.tick) return;
    api.addEventListener("selectionChanged", function () {
      var ids = api.getSelectedNodes().map(function (node) { return node.id; });
      set(kept.page, kept.names.tick, { value: ids.join(",") });
    });
  }

  /* Once for each grid, as soon as it has rows: what was in the address comes before what is done. */
  function begin(api, kept, filters, ticked) {
    if (api.keptInAddress) return;
    api.keptInAddress = true;
    if (filters) api.setFilterModel(model(filters, api));
    if (ticked) tick(api, kept, ticked);
    listen(api, kept);
  }

  window.dash_clientside.genrelensGrids = {
    follow: function (order, rows, _columns, kept, filters, ticked) {
      var left = PATIENCE_FRAMES;
      (function ready() {
        var api = genrelens.gridApi(kept.grid);
        if (api && hasRows(api) && api.getColumns()) {
          begin(api, kept, filters, ticked);
          applyOrder(api, order || LISTED);
        } else if (rows && rows.length && left > 0) {
          left -= 1;
          requestAnimationFrame(ready);
        }
      })();
      return window.dash_clientside.no_update;
    },
  };
})();
