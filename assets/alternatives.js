/* Shows what a card holds for the option of its switch, without asking the server
   (dashboard/components/alternatives.py). */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.genrelensAlternatives = {
    choose: function (contents, option) {
      var no_update = window.dash_clientside.no_update;
      var content = contents && contents[option];
      if (!content) return [no_update, no_update, no_update];
      var mode = document.documentElement.dataset.bsTheme; // may have changed since
      var figure = window.genrelens.recolour(structuredClone(content[1]), mode);
      return [content[0], figure, content[2]];
    },
  };
})();
