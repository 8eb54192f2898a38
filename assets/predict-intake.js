/* The ways in of the Predict page: the browser's file dialog, a drop anywhere on the page, a paste,
   the examples. What is no file is said to be none. */
(function () {
  "use strict";
  const predict = (window.genrelensPredict = window.genrelensPredict || {});

  function byId(id) {
    return document.getElementById(id);
  }

  function isHere() {
    return byId("predict-drop") !== null;
  }

  function names(list) {
    const quoted = list.slice(0, 3).map(function (name) { return "“" + name + "”"; });
    if (list.length > 3) quoted.push(list.length - 3 + " more");
    return quoted.join(", ");
  }

  /* As many as there is room for, in their order; the rest is named. */
  function take(sources, folders) {
    const room = predict.limits().maxClips - predict.clips.all().length;
    const kept = sources.slice(0, Math.max(0, room)), left = sources.slice(kept.length);
    const said = [];
    if (left.length) {
      said.push("At most " + predict.limits().maxClips + " files are kept at once: " +
        (kept.length ? "the first " + kept.length + " were taken, " : "") + names(left.map(
          function (source) { return source.name; })) +
        (left.length === 1 ? " was" : " were") + " left out. Remove files to make room.");
    }
    if (folders && folders.length) {
      said.push(names(folders) + (folders.length === 1 ? " is a folder" : " are folders") +
        ". Open it and choose the files in it.");
    }
    if (kept.length) predict.work.add(kept);
    if (said.length) predict.progress.fail(said.join(" "));
  }

  predict.takeFiles = function (files, folders) {
    take(Array.from(files, function (file) { return { name: file.name, file: file }; }), folders);
  };

  /* Dash has no file input, so the page brings a slot and this puts the browser's own into it. */
  predict.mountInput = function () {
    if (byId("predict-input")) return;
    const slot = byId("predict-slot"), input = document.createElement("input");
    input.type = "file";
    input.id = "predict-input";
    input.className = "visually-hidden";
    input.accept = slot.dataset.accept;
    input.multiple = true;
    slot.appendChild(input);
    input.addEventListener("change", function () {
      if (input.files.length) predict.takeFiles(input.files);
      input.value = ""; // the same file can be chosen again
    });
  };

  document.addEventListener("click", function (event) {
    const button = event.target instanceof Element && event.target.closest("[data-example]");
    if (!button) return;
    take([{ url: button.dataset.example, name: button.dataset.example.split("/").pop().split("?")[0] }]);
  });

  function showOverlay(shown) {
    byId("predict-overlay").hidden = !shown;
  }

  function isTyped(event) {
    return event.target instanceof Element &&
      event.target.closest("input:not([type=file]), textarea, [contenteditable]");
  }

  ["dragenter", "dragover"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      if (!isHere() || !event.dataTransfer || isTyped(event)) return;
      event.preventDefault(); // else a drop would leave the page
      showOverlay(Array.from(event.dataTransfer.types).includes("Files"));
    });
  });

  document.addEventListener("dragleave", function (event) {
    if (isHere() && !event.relatedTarget) showOverlay(false);
  });

  /* A folder comes as a file without content; only its entry tells. */
  function folders(items) {
    return Array.from(items).map(function (item) {
      return item.webkitGetAsEntry && item.webkitGetAsEntry();
    }).filter(function (entry) { return entry && entry.isDirectory; })
      .map(function (entry) { return entry.name; });
  }

  document.addEventListener("drop", function (event) {
    if (!isHere() || !event.dataTransfer || isTyped(event)) return;
    event.preventDefault();
    showOverlay(false);
    const left = folders(event.dataTransfer.items);
    const files = Array.from(event.dataTransfer.files).filter(function (file) {
      return !left.includes(file.name);
    });
    if (files.length || left.length) return predict.takeFiles(files, left);
    return predict.progress.fail("That was no file but text or a link. Save the song as a file, " +
      "then drop the file or choose it.");
  });

  document.addEventListener("paste", function (event) {
    if (!isHere() || isTyped(event) || !event.clipboardData) return;
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    predict.takeFiles(event.clipboardData.files);
  });
})();
