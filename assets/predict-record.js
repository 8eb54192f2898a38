/* Recording from the microphone on the Predict page: level, time left, stop, cancel. What was
   recorded (Opus, or what the browser makes) goes the way of every other file. */
(function () {
  "use strict";
  const predict = (window.genrelensPredict = window.genrelensPredict || {});
  const KINDS = [
    ["audio/webm;codecs=opus", ".webm"], ["audio/ogg;codecs=opus", ".ogg"], ["audio/mp4", ".m4a"],
  ];
  const SOUND = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }; // music
  const TICK_MS = 100;
  const WINDOW = 8192; // samples: longer than a tick, so that no sound falls between two
  const QUIETEST_DB = -60; // the left end of the meter
  const SILENT_S = 3; // as long nothing at all is heard before the page asks
  const ERRORS = {
    NotAllowedError: "The microphone was refused. Allow it for this page in the browser's address " +
      "bar and try again, or choose a file.",
    NotFoundError: "No microphone was found. Connect one and try again, or choose a file.",
    NotReadableError: "The microphone is in use by another program. Close that and try again, or " +
      "choose a file.",
  };
  let now = null; // {stream, recorder, context, analyser, started, heard, keeps: null until asked to end}
  let asking = false;
  let number = 0;

  function byId(id) {
    return document.getElementById(id);
  }

  function limits() {
    const limits = predict.limits();
    return { least: limits.recordingMin, most: limits.recordingMax };
  }

  function missing() {
    if (!window.isSecureContext) {
      return "A browser gives the microphone only to pages that are opened with https (or on this " +
        "computer itself). Open this page with https, or choose a file.";
    }
    if (!navigator.mediaDevices || !window.MediaRecorder) {
      return "This browser cannot record sound. Record with another program and choose the file.";
    }
    return null;
  }

  /* What was recorded could not be kept. */
  function full() {
    const most = predict.limits().maxClips;
    if (predict.clips.all().length < most) return null;
    return "At most " + most + " files are kept at once. Remove one to make room, then record.";
  }

  function kind() {
    return KINDS.find(function (one) { return MediaRecorder.isTypeSupported(one[0]); }) || ["", ".webm"];
  }

  async function start() {
    const reason = missing() || full();
    let stream = null;
    if (now || asking) return;
    predict.progress.clear();
    if (reason) return predict.progress.fail(reason);
    asking = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: SOUND });
      record(stream);
    } catch (error) {
      if (stream) release(stream);
      if (now) forget();
      predict.progress.fail(ERRORS[error.name] ||
        "The microphone could not be opened (" + error.name + "). Try again, or choose a file.");
    } finally {
      asking = false;
    }
  }

  function release(stream) {
    stream.getTracks().forEach(function (track) { track.stop(); });
  }

  function record(stream) {
    if (!byId("predict-recorder")) return release(stream); // another page was opened meanwhile
    const chosen = kind(), parts = [];
    const recorder = new MediaRecorder(stream, chosen[0] ? { mimeType: chosen[0] } : {});
    const context = new AudioContext(), analyser = context.createAnalyser();
    now = { stream: stream, recorder: recorder, context: context, analyser: analyser,
      started: performance.now(), heard: performance.now(), said: "", keeps: null };
    analyser.fftSize = WINDOW;
    context.createMediaStreamSource(stream).connect(analyser);
    now.timer = setInterval(tick, TICK_MS);
    recorder.ondataavailable = function (event) { parts.push(event.data); };
    recorder.onstop = function () { finish(parts, recorder.mimeType.split(";")[0], chosen[1]); };
    recorder.start();
    byId("predict-recorder").hidden = false;
    byId("predict-record").disabled = true;
    byId("predict-record-stop").setAttribute("aria-disabled", "true");
    byId("predict-record-cancel").focus();
    announce("Recording. It ends by itself after " + limits().most + " seconds.");
    tick();
  }

  function announce(text) {
    if (now.said === text) return;
    now.said = text;
    predict.progress.announce(text);
  }

  function level() {
    const samples = new Float32Array(now.analyser.fftSize);
    now.analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce(function (sum, x) { return sum + x * x; }, 0) / samples.length;
    return Math.max(QUIETEST_DB, 10 * Math.log10(power || 1e-12));
  }

  function tick() {
    if (!byId("predict-recorder")) return end(false); // nobody sees that it still records
    const seconds = (performance.now() - now.started) / 1000, left = limits().most - seconds;
    const loudness = level(), canStop = seconds >= limits().least;
    if (loudness > QUIETEST_DB) now.heard = performance.now();
    byId("predict-meter").value = loudness - QUIETEST_DB;
    byId("predict-record-time").textContent = "Recording, " + Math.max(0, Math.ceil(left)) + " s left";
    byId("predict-record-hint").textContent = performance.now() - now.heard > 1000 * SILENT_S
      ? "Nothing can be heard. Is the microphone switched off?"
      : canStop ? "" : "It can be used from " + limits().least + " s on.";
    byId("predict-record-stop").setAttribute("aria-disabled", String(!canStop));
    if (left <= 0) return end(true);
    if (left <= 5) announce("5 seconds left.");
    else if (canStop) announce("You can stop now.");
    return undefined;
  }

  function end(keeps) {
    if (!now || now.recorder.state === "inactive") return;
    clearInterval(now.timer);
    now.keeps = keeps;
    now.recorder.stop(); // `finish` follows
  }

  /* The end of what is under way: the microphone is given back. */
  function forget() {
    const was = now;
    now = null;
    clearInterval(was.timer);
    release(was.stream);
    was.context.close();
    if (!byId("predict-recorder")) return;
    byId("predict-recorder").hidden = true;
    byId("predict-record").disabled = false;
    byId("predict-record").focus();
  }

  /* Nobody asked for the end, so the microphone went away: what was recorded says whether it is kept. */
  function lost(seconds) {
    const gone = "The microphone was disconnected after " + Math.floor(seconds) + " s. ";
    return seconds >= limits().least ? gone + "What was recorded until then is analysed."
      : gone + "At least " + limits().least + " s are needed: connect it and record again.";
  }

  function finish(parts, type, ending) {
    if (!now) return; // starting failed
    const seconds = (performance.now() - now.started) / 1000, keeps = now.keeps;
    forget();
    if (keeps === false) return predict.progress.announce("The recording was cancelled.");
    if (keeps || seconds >= limits().least) {
      number += 1;
      predict.takeFiles([new File(parts, "Recording " + number + ending, { type: type })]);
    }
    if (keeps === null) predict.progress.fail(lost(seconds));
  }

  document.addEventListener("click", function (event) {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    if (target.closest("#predict-record")) start();
    if (target.closest("#predict-record-cancel")) end(false);
    const stop = target.closest("#predict-record-stop");
    if (stop && now && stop.getAttribute("aria-disabled") === "false") end(true);
  });
})();
