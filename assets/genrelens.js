/* What runs in the browser on every page: colour mode, title, address, the menu on a phone.
   Called from dashboard/shell.py and by delegated clicks. Cards have assets/cards.js. */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};

  var narrow = window.matchMedia("(max-width: 767.98px)"); // as in genrelens.css
  var wasNarrow = narrow.matches, turning;
  narrow.addEventListener("change", function () {
    clearTimeout(turning); // there and back, as when a screenshot is taken, is no change
    turning = setTimeout(function () {
      if (narrow.matches === wasNarrow) return;
      wasNarrow = narrow.matches;
      window.dash_clientside.set_props("narrow-screen", { data: narrow.matches });
    }, 200);
  });

  function text(value) {
    return Array.isArray(value) ? value.join(",") : String(value);
  }

  window.dash_clientside.genrelens = {
    colourMode: function (clicks) {
      var theme = window.genrelensTheme;
      if (clicks) theme.choose(document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark");
      return document.documentElement.dataset.bsTheme;
    },

    narrowScreen: function () {
      return narrow.matches;
    },

    markPage: function (pathname) {
      document.querySelectorAll("#bar-links a").forEach(function (link) {
        if (link.pathname === pathname) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      });
      closeMenu();
      window.genrelens.showNamedCard();
      var message = document.getElementById("shell-message");
      if (message && !message.hidden) {
        window.dash_clientside.set_props("shell-message", { hidden: true });
      }
      return window.dash_clientside.no_update;
    },

    setTitle: function (titles) {
      if (titles[0]) document.title = titles[0];
      return window.dash_clientside.no_update;
    },

    focusMessage: function () {
      requestAnimationFrame(function () {
        var message = document.getElementById("shell-message");
        if (message && !message.hidden) message.focus();
      });
      return window.dash_clientside.no_update;
    },

    /* Hides what does not hold every word that was typed. */
    filterList: function (typed) {
      var words = (typed || "").toLowerCase().split(/\s+/).filter(Boolean);
      document.querySelectorAll(".pick-list .form-check").forEach(function (item) {
        var name = item.textContent.toLowerCase();
        item.hidden = !words.every(function (word) { return name.includes(word); });
      });
      return window.dash_clientside.no_update;
    },

    /* Values at their default are left out; the page is not reloaded and history does not grow. */
    writeAddress: function (values, views, ids, viewIds, addresses) {
      var no_update = window.dash_clientside.no_update;
      var address = addresses && addresses[0];
      if (!address || window.location.pathname !== address.path) return no_update;
      var chosen = {};
      ids.forEach(function (id, k) {
        if (values[k] !== undefined && values[k] !== null) chosen[id.name] = text(values[k]);
      });
      var parts = [];
      address.order.forEach(function (name) {
        if (name in chosen && chosen[name] !== text(address.values[name])) {
          parts.push(name + "=" + encodeURIComponent(chosen[name])
            .replace(/%(2C|2F|3A|3B)/g, decodeURIComponent));
        }
      });
      var tables = viewIds.filter(function (_id, k) {
        return views[k] && views[k].length;
      });
      if (tables.length) {
        parts.push("table=" + tables.map(function (id) { return id.card; }).join(","));
      }
      var search = parts.length ? "?" + parts.join("&") : "";
      if (search !== window.location.search) {
        window.history.replaceState(window.history.state, "", address.path + search);
      }
      return no_update;
    },
  };

  function setMenu(open) {
    var bar = document.getElementById("bar");
    var button = document.getElementById("menu-button");
    if (!bar || !button) return;
    bar.classList.toggle("open", open);
    button.setAttribute("aria-expanded", String(open));
  }

  function closeMenu() {
    setMenu(false);
  }

  document.addEventListener("click", function (event) {
    var target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    if (target.closest("#menu-button")) {
      setMenu(!document.getElementById("bar").classList.contains("open"));
    }
    var skip = target.closest(".skip-link");
    if (skip) {
      event.preventDefault(); // a fragment would count as a new address of the page
      var main = document.getElementById("main");
      main.focus();
      main.scrollIntoView();
    }
  });

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") closeMenu();
  });

  /* The address is rewritten behind Dash's back, so a link to the page's own path would change
     nothing that Dash knows of: load it instead. */
  document.addEventListener("click", function (event) {
    var link = event.target instanceof Element && event.target.closest("#bar a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.pathname === window.location.pathname && window.location.search) {
      event.preventDefault();
      event.stopPropagation();
      window.location.assign(link.href);
    }
  }, true);
})();
