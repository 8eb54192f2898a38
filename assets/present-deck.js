/* What a presentation is: plain values, frozen when a card was added. Everything that comes from
   outside (a file, a link, what an older version stored) passes `read`, which keeps known fields
   only and says what is wrong. Part of exported files, too. */
(function () {
  "use strict";
  const present = (window.genrelensPresent = window.genrelensPresent || {});
  const FORMAT = "genrelens-presentation";
  const LIMITS = { scenes: 60, title: 200, text: 8000, fileBytes: 40 * 1024 * 1024, rows: 500 };
  // What plotly.js draws here (see .ci/plotly); none of them asks another host for maps.
  const TRACES = [
    "scatter", "bar", "heatmap", "contour", "box", "violin", "image", "scatter3d", "parcoords",
  ];
  // Maps ask another host; what a mark leads to belongs to its page, not to the stage.
  const LEFT_OUT = ["geo", "map", "mapbox", "meta", "uid"];
  // As `way_back` in dashboard/pages/tracks_choices.py: two slashes, a slash and a backslash, or a
  // tab between them would lead to another host.
  const LOCAL = /^\/(?![/\\])[!-[\]-~]*$/;

  function refuse(text) {
    const error = new Error(text);
    error.forPeople = true;
    throw error;
  }

  function text(value, longest, what) {
    if (value === undefined || value === null) return "";
    if (typeof value !== "string") refuse(what + " must be text.");
    if (value.length > longest) {
      refuse(what + " has " + value.length + " characters; at most " + longest + " fit.");
    }
    return value;
  }

  function localAddress(value, what) {
    const address = text(value, 4000, what);
    if (address && !LOCAL.test(address)) {
      refuse(what + " must be an address of this app, beginning with “/”, not “" + address + "”.");
    }
    return address;
  }

  /* Drops what would make a figure ask another host (pictures by address, maps) or leave the stage. */
  function quiet(value) {
    if (Array.isArray(value)) return value.map(quiet);
    if (!value || typeof value !== "object") return value;
    const kept = {};
    Object.keys(value).forEach(function (key) {
      const part = value[key];
      const foreign = key === "source" && typeof part === "string" && !/^data:image\//.test(part);
      if (!foreign && !LEFT_OUT.includes(key)) kept[key] = quiet(part);
    });
    return kept;
  }

  function figure(value, what) {
    if (!value || !Array.isArray(value.data) || typeof value.layout !== "object" || !value.layout) {
      refuse(what + " has no figure with data and layout.");
    }
    value.data.forEach(function (trace) {
      const type = (trace && trace.type) || "scatter";
      if (!TRACES.includes(type)) refuse(what + " holds a drawing of an unknown kind, “" + type + "”.");
    });
    return quiet({ data: value.data, layout: value.layout });
  }

  /* The table, cut where it is long: a scene is a picture first. */
  function numbers(value) {
    if (!value || !Array.isArray(value.columns) || !Array.isArray(value.rows)) return null;
    const texts = function (row) { return Array.isArray(row) ? row.map(String) : []; };
    return {
      columns: texts(value.columns),
      numeric: Array.isArray(value.numeric) ? value.numeric.map(Boolean) : [],
      rows: value.rows.slice(0, LIMITS.rows).map(texts),
      total: Number(value.total) || value.rows.length,
    };
  }

  function scene(value, number) {
    const what = "Scene " + number;
    if (!value || typeof value !== "object") refuse(what + " must be an object.");
    return {
      id: text(value.id, 80, what + ": its id") || present.newId(),
      card: text(value.card, 80, what + ": its card"),
      address: localAddress(value.address, what + ": its address"),
      title: text(value.title, LIMITS.title, what + ": its title"),
      sentence: text(value.sentence, LIMITS.text, what + ": its sentence"),
      notes: text(value.notes, LIMITS.text, what + ": its notes"),
      hidden: value.hidden === true,
      figure: figure(value.figure, what),
      height: Math.min(Math.max(Number(value.height) || 450, 200), 1600),
      mode: value.mode === "dark" ? "dark" : "light",
      numbers: numbers(value.numbers),
      runs: Array.isArray(value.runs) ? value.runs.map(String).slice(0, 500) : [],
      results: text(value.results, 80, what + ": its results"),
      commit: text(value.commit, 80, what + ": its commit"),
    };
  }

  /* Scenes are found by their id: of two with the same, the later one gets another. */
  function apart(scenes) {
    const taken = new Set();
    return scenes.map(function (one) {
      const id = taken.has(one.id) ? present.newId() : one.id;
      taken.add(id);
      return Object.assign(one, { id: id });
    });
  }

  /* "1 scene", "2 scenes" */
  function counted(number) {
    return number + (number === 1 ? " scene" : " scenes");
  }

  /* The presentation in a value; throws an error whose message people can act on. */
  function read(value) {
    if (!value || value.format !== FORMAT) {
      refuse("This is no presentation of GenreLens: a file that “Save as a file” wrote is needed.");
    }
    if (value.version !== 1) {
      refuse("This presentation is of version " + value.version + "; this page reads version 1.");
    }
    if (!Array.isArray(value.scenes)) refuse("This presentation has no list of scenes.");
    if (value.scenes.length > LIMITS.scenes) {
      refuse("This presentation has " + value.scenes.length + " scenes; at most " + LIMITS.scenes +
        " can be shown.");
    }
    return {
      format: FORMAT,
      version: 1,
      title: text(value.title, LIMITS.title, "The title"),
      scenes: apart(value.scenes.map(function (one, k) { return scene(one, k + 1); })),
    };
  }

  /* Title and wanted cards in what a link unpacked to: {t, s: [[address, title, notes, hidden]]}. */
  function readShort(value) {
    if (!value || !Array.isArray(value.s)) refuse("This link holds no list of scenes.");
    if (!value.s.length) refuse("This link holds a presentation without scenes.");
    if (value.s.length > LIMITS.scenes) refuse("This link holds more than " + LIMITS.scenes + " scenes.");
    return {
      title: text(value.t, LIMITS.title, "The title"),
      wanted: value.s.map(function (one, k) {
        const what = "Scene " + (k + 1);
        if (!Array.isArray(one)) refuse(what + " of this link is no list.");
        const address = localAddress(one[0], what + ": its address");
        if (!/#[\w-]+-card$/.test(address)) refuse(what + " of this link leads to no card.");
        return {
          address: address,
          title: text(one[1], LIMITS.title, what + ": its title"),
          notes: text(one[2], LIMITS.text, what + ": its notes"),
          hidden: Boolean(one[3]),
        };
      }),
    };
  }

  /* Where a sentence ends: its mark, a space, and what can begin another. */
  const END = /[.!?]["”’)\]]?\s+(?=["“‘(]?[A-Z0-9])/;

  /* The first sentence is the headline; the others are read below. */
  function headline(sentence) {
    const found = END.exec(sentence);
    if (!found) return { first: sentence, more: "" };
    const cut = found.index + found[0].length;
    return { first: sentence.slice(0, cut).trim(), more: sentence.slice(cut).trim() };
  }

  function provenance(one) {
    const parts = [];
    if (one.results) parts.push("results " + one.results);
    if (one.commit) parts.push("commit " + one.commit.slice(0, 10));
    if (one.runs.length === 1) parts.push("run " + one.runs[0]);
    if (one.runs.length > 1) parts.push(one.runs.length + " runs");
    return parts.join(" · ");
  }

  present.newId = function () {
    return "s" + Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
  };
  present.deck = {
    LIMITS: LIMITS,
    read: read,
    readShort: readShort,
    refuse: refuse,
    headline: headline,
    provenance: provenance,
    counted: counted,
    empty: function () { return { format: FORMAT, version: 1, title: "", scenes: [] }; },
    shown: function (deck) { return deck.scenes.filter(function (one) { return !one.hidden; }); },

    /* A scene of what `genrelens.snapshot` gave. */
    frozen: function (snapshot, more) {
      const frame = (more && more.frame) || window;
      const results = frame.document.getElementById("results-id");
      return scene(Object.assign({}, snapshot, {
        id: present.newId(),
        mode: frame.document.documentElement.dataset.bsTheme,
        commit: (results && results.dataset.commit) || "",
        title: (more && more.title) || snapshot.title,
        notes: (more && more.notes) || "",
        hidden: Boolean(more && more.hidden),
      }), 1);
    },
  };
})();
