/* The fields of the page /present that Dash has no parts for: the title, the file to open, the link. */
(function () {
  "use strict";
  const present = (window.genrelensPresent = window.genrelensPresent || {});

  function input(id, label, values) {
    const made = Object.assign(document.createElement("input"), { id: id }, values);
    made.setAttribute("aria-label", label);
    return made;
  }

  function put(slot, field) {
    document.getElementById(slot).replaceChildren(field);
  }

  function title() {
    const name = "Title of the presentation";
    const made = input("present-title", name, {
      className: "form-control", maxLength: present.deck.LIMITS.title, placeholder: name,
    });
    made.addEventListener("change", function () {
      present.store.update(function (now) { return Object.assign({}, now, { title: made.value }); });
    });
    return made;
  }

  function file(onFile) {
    const made = input("present-file", "A presentation as a file", {
      type: "file", accept: ".json,application/json", hidden: true,
    });
    made.addEventListener("change", function () {
      if (made.files.length) onFile(made.files[0]);
      made.value = ""; // the same file can be chosen again
    });
    return made;
  }

  /* Puts them into the places that the page brings; `onFile` gets a file that was chosen. */
  function build(onFile) {
    put("present-title-slot", title());
    put("present-file-slot", file(onFile));
    put("present-link-slot", input("present-link", "Link to this presentation", {
      className: "form-control", readOnly: true,
    }));
    document.getElementById("present-link-slot").hidden = true;
  }

  present.fields = { build: build };
})();
