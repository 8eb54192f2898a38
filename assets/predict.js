/* The Predict page in the browser: takes a file, sends it to /api/predict, shows the progress that
   comes back line by line, and puts the answer into the store "predict-answer". The clip stays in
   this tab: the player reads it from memory, it is never in the address. */
(function () {
  "use strict";
  window.dash_clientside = window.dash_clientside || {};

  var STEPS = { decoding: "Decoding", features: "Computing features", models: "Asking the models" };
  // Where each step begins and ends on the bar, in percent.
  var SHARE = { uploading: [0, 40], decoding: [40, 50], features: [50, 95], models: [95, 100] };
  var NARROW = window.matchMedia("(max-width: 767.98px)");
  var running = null; // the request under way
  var clipUrl = null;
  var announced = "";

  function byId(id) {
    return document.getElementById(id);
  }

  function setProps(id, props) {
    window.dash_clientside.set_props(id, props);
  }

  /* Whether this request's clip is still the one on show; leaving the page ends it. */
  function isCurrent(request) {
    if (running === request && !byId("predict-drop")) {
      running = null;
      request.abort();
    }
    return running === request;
  }

  function announce(text) {
    if (text !== announced) byId("predict-live").textContent = announced = text;
  }

  function showProgress(step, done, total, text) {
    var range = SHARE[step];
    byId("predict-progress").classList.remove("idle");
    byId("predict-bar").style.width = range[0] + (range[1] - range[0]) * (done / (total || 1)) + "%";
    byId("predict-step").textContent = text;
  }

  function hideProgress() {
    byId("predict-progress").classList.add("idle");
  }

  function showError(text) {
    var error = byId("predict-error");
    hideProgress();
    error.textContent = text;
    error.classList.remove("idle");
    error.focus();
  }

  /* Forget the clip before: request, player, error, figures. */
  function clear() {
    if (running) {
      var old = running;
      running = null; // first, so that the abort is not taken for an error
      old.abort();
    }
    if (clipUrl) URL.revokeObjectURL(clipUrl);
    clipUrl = null;
    byId("predict-audio").removeAttribute("src");
    byId("predict-error").classList.add("idle");
    byId("predict-error").textContent = "";
    document.querySelectorAll(".predict-playhead").forEach(function (line) { line.remove(); });
    hideProgress();
    setProps("predict-result", { hidden: true }); // now; the server agrees a moment later
    setProps("predict-answer", { data: null });
  }

  function refusal(file) {
    var limit = Number(byId("predict-slot").dataset.maxBytes);
    if (!file.size) return "“" + file.name + "” is empty. Choose another file.";
    if (file.size <= limit) return null;
    return "“" + file.name + "” has " + (file.size / 1048576).toFixed(1) + " MB; at most " +
      limit / 1048576 + " MB can be sent. Cut out a piece, or save it as MP3 or OGG.";
  }

  function send(file) {
    clear();
    var reason = refusal(file);
    if (reason) return showError(reason);
    clipUrl = URL.createObjectURL(file);
    byId("predict-audio").src = clipUrl;
    byId("predict-name").textContent = file.name;
    var form = new FormData();
    form.append("file", file, file.name);
    form.append("mel", "1");
    var request = new XMLHttpRequest();
    running = request;
    var read = 0; // characters of the answer that were read
    request.open("POST", byId("predict-slot").dataset.action);
    request.setRequestHeader("Accept", "application/x-ndjson");
    request.upload.onprogress = function (event) {
      if (!isCurrent(request) || !event.lengthComputable) return;
      var percent = Math.round((100 * event.loaded) / event.total);
      showProgress("uploading", event.loaded, event.total, "Uploading " + percent + " %");
    };
    request.onprogress = request.onload = function () {
      if (!isCurrent(request)) return;
      var end = request.responseText.lastIndexOf("\n") + 1;
      var lines = request.responseText.slice(read, end).split("\n");
      read = Math.max(read, end);
      lines.forEach(function (line) {
        if (line && isCurrent(request)) take(line);
      });
      if (request.readyState === 4 && isCurrent(request)) {
        fail("The connection ended before the answer was complete. Try again.");
      }
    };
    request.onerror = function () {
      if (isCurrent(request)) {
        fail("The server could not be reached. Check the connection and try again.");
      }
    };
    showProgress("uploading", 0, 1, "Uploading 0 %");
    announce("Uploading " + file.name);
    request.send(form);
  }

  function fail(text) {
    running = null;
    showError(text);
  }

  /* One line of the answer: progress, the error, or the answer itself. */
  function take(line) {
    var message;
    try {
      message = JSON.parse(line);
    } catch (error) {
      return fail("The server did not answer as expected. Reload the page and try again.");
    }
    if (message.error) return fail(message.error);
    if (message.answer) {
      running = null;
      byId("predict-bar").style.width = "100%";
      hideProgress();
      announce("The analysis is complete. The result follows.");
      setProps("predict-answer", { data: message.answer });
      return undefined;
    }
    var text = STEPS[message.step];
    var count = message.total > 1 ? " " + message.done + "/" + message.total : "";
    showProgress(message.step, message.done, message.total, text + count);
    announce(text);
    return undefined;
  }

  function cancel() {
    clear();
    announce("Cancelled.");
    byId("predict-input").focus();
  }

  function tryExample(button) {
    var url = button.dataset.example;
    clear();
    showProgress("uploading", 0, 1, "Fetching the example");
    var controller = new AbortController();
    running = controller;
    fetch(url, { signal: controller.signal })
      .then(function (response) {
        if (!response.ok) throw new Error(String(response.status));
        return response.blob();
      })
      .then(function (blob) {
        if (!isCurrent(controller)) return;
        running = null;
        send(new File([blob], url.split("/").pop(), { type: blob.type }));
      })
      .catch(function () {
        if (isCurrent(controller)) fail("The example could not be fetched. Reload the page.");
      });
  }

  /* Dash has no file input, so the page brings a slot and this puts the browser's own into it. */
  function mount() {
    running = null;
    announced = "";
    var slot = byId("predict-slot");
    if (!byId("predict-input")) {
      var input = document.createElement("input");
      input.type = "file";
      input.id = "predict-input";
      input.className = "visually-hidden";
      input.accept = slot.dataset.accept;
      slot.appendChild(input);
      input.addEventListener("change", function () {
        if (input.files.length) send(input.files[0]);
        input.value = ""; // the same file can be chosen again
      });
    }
    return NARROW.matches;
  }

  /* A thin line over the figure follows the player. */
  function movePlayhead(audio) {
    var plot = document.querySelector("#predict-clip-figure .js-plotly-plot");
    var picture = document.querySelector("#predict-clip-card .card-picture");
    if (!plot || !picture || !plot._fullLayout || !plot._fullLayout.xaxis) return;
    var line = picture.querySelector(".predict-playhead");
    if (!line) {
      line = document.createElement("div");
      line.className = "predict-playhead";
      picture.appendChild(line);
    }
    var axis = plot._fullLayout.xaxis;
    line.style.left = axis._offset + axis._length * (audio.currentTime / axis.range[1]) + "px";
    line.style.height = plot._fullLayout._size.h + "px";
    line.hidden = audio.currentTime === 0;
  }

  document.addEventListener("timeupdate", function (event) {
    if (event.target.id === "predict-audio") movePlayhead(event.target);
  }, true); // media events do not bubble

  document.addEventListener("click", function (event) {
    var target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    var example = target.closest("[data-example]");
    if (example) tryExample(example);
    if (target.closest("#predict-cancel")) cancel();
  });

  /* A file dropped beside the zone must not make the browser leave the page. */
  ["dragover", "drop"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      var zone = byId("predict-drop");
      if (!zone || !event.dataTransfer || !Array.from(event.dataTransfer.types).includes("Files")) return;
      event.preventDefault();
      zone.classList.toggle("over", name === "dragover");
      if (name === "drop" && event.dataTransfer.files.length) send(event.dataTransfer.files[0]);
    });
  });
  document.addEventListener("dragleave", function (event) {
    var zone = byId("predict-drop");
    if (zone && !event.relatedTarget) zone.classList.remove("over");
  });

  var wasNarrow = NARROW.matches, turning;
  NARROW.addEventListener("change", function () {
    clearTimeout(turning); // there and back, as when a screenshot is taken, is no change
    turning = setTimeout(function () {
      if (NARROW.matches === wasNarrow) return;
      wasNarrow = NARROW.matches;
      if (byId("predict-drop")) setProps("predict-narrow", { data: NARROW.matches });
    }, 200);
  });

  window.dash_clientside.genrelensPredict = { mount: mount };
})();
