/* One clip to /api/predict and its answer back, line by line. Where the server is busy the clip is
   sent again after the time that the server names, a few times. */
(function () {
  "use strict";
  const predict = (window.genrelensPredict = window.genrelensPredict || {});
  const MOST_TRIES = 5;
  const LONGEST_WAIT_S = 120;
  const TOO_MANY = 429; // from this address
  const STATUS = [TOO_MANY, 503]; // and busy: what a later try can change
  // Why there is a pause, by the code of the error.
  const REASONS = {
    starting: "The server is starting.", stopping: "The server is being restarted.",
    broker_away: "The server cannot hand clips on just now.",
    no_worker: "Nothing is there that analyses clips just now.",
    other_version: "The server is being updated.",
  };

  function form(file) {
    const made = new FormData();
    made.append("file", file, file.name);
    made.append("mel", "1");
    return made;
  }

  /* Seconds until the next try; 0 where another try makes no sense. */
  function pause(message, request, tries) {
    const status = message.status || request.status;
    const named = Number(message.retry_after_s || request.getResponseHeader("Retry-After"));
    if (!STATUS.includes(status) || message.code === "timeout" || tries >= MOST_TRIES) return 0;
    return named > 0 ? Math.min(named, LONGEST_WAIT_S) : 0;
  }

  function reason(message, request) {
    const status = message.status || request.status;
    if (status === TOO_MANY) return "Many clips come from your address.";
    return REASONS[message.code] || "The server is busy.";
  }

  /* Sends `file`. `on` has step(step, done, total), pause(reason, seconds, tries, most),
     answer(answer) and fail(text, again), where `again` says that the same clip may yet be
     answered. `action` is an address other than that of predictions. Returns what cancels it all. */
  predict.send = function (file, on, action) {
    let request = null, timer = null, tries = 0, over = false;

    function fail(text, again) {
      over = true;
      on.fail(text, again);
    }

    function wait(seconds, why) {
      request = null;
      on.pause(why, seconds, tries, MOST_TRIES);
      timer = setTimeout(function () {
        if (seconds > 1) wait(seconds - 1, why);
        else attempt();
      }, 1000);
    }

    function refused(message, of) {
      const seconds = pause(message, of, tries);
      if (seconds) wait(seconds, reason(message, of));
      else fail(message.error, STATUS.includes(message.status || of.status));
    }

    /* One line: progress, the error, or the answer itself. */
    function take(line, of) {
      let message;
      try {
        message = JSON.parse(line);
      } catch (error) {
        of.abort();
        return fail("The server did not answer as expected. Try again.", true);
      }
      if (message.error) return refused(message, of);
      if (message.answer) {
        over = true;
        return on.answer(message.answer);
      }
      return on.step(message.step, message.done, message.total);
    }

    function attempt() {
      const own = new XMLHttpRequest();
      let read = 0; // characters of the answer that were read
      function isCurrent() { return !over && own === request; }
      request = own;
      tries += 1;
      own.open("POST", action || predict.limits().action);
      own.setRequestHeader("Accept", "application/x-ndjson");
      own.upload.onprogress = function (event) {
        if (isCurrent() && event.lengthComputable) on.step("uploading", event.loaded, event.total);
      };
      own.onprogress = own.onload = function () {
        const end = own.responseText.lastIndexOf("\n") + 1;
        const lines = own.responseText.slice(read, end).split("\n");
        read = Math.max(read, end);
        lines.forEach(function (line) {
          if (line && isCurrent()) take(line, own);
        });
        if (own.readyState === 4 && isCurrent()) {
          fail("The connection ended before the answer was complete. Try again.", true);
        }
      };
      own.onerror = function () {
        if (!isCurrent()) return;
        fail("The server could not be reached. Check the connection and try again.", true);
      };
      on.step("uploading", 0, 1);
      own.send(form(file));
    }

    attempt();
    return function cancel() {
      over = true; // first, so that the abort is not taken for an error
      clearTimeout(timer);
      if (request) request.abort();
    };
  };
})();
