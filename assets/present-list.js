/* The list in which scenes are ordered, titled, given notes, hidden and removed. Rows are kept while
   their scene is there, so typing and the focus survive every change. */
(function () {
  "use strict";
  const present = (window.genrelensPresent = window.genrelensPresent || {});
  const TYPED_MS = 300;
  const PICTURE = { width: 960, height: 600, scale: 0.4 };
  const rows = new Map(); // scene id -> element
  const pictures = new Map(); // colour mode and figure -> data address, of scenes in the list
  let drawing = Promise.resolve(); // one picture after another

  function element(name, className, text) {
    const made = document.createElement(name);
    made.className = className || "";
    if (text) made.textContent = text;
    return made;
  }

  function tool(text, run) {
    const made = element("button", "tool-button", text);
    made.type = "button";
    made.addEventListener("click", run);
    return made;
  }

  function place(id) {
    return present.store.current().scenes.findIndex(function (one) { return one.id === id; });
  }

  function announce(text) {
    const live = document.getElementById("present-live");
    if (live) live.textContent = text;
  }

  /* Moves a scene to a place among the others; `keep` is what has the focus afterwards. */
  async function moveTo(id, wanted, keep) {
    const at = place(id), last = present.store.current().scenes.length - 1;
    const to = Math.min(Math.max(wanted, 0), last);
    if (at < 0 || to === at) return;
    await present.store.update(function (deck) {
      const scenes = deck.scenes.slice();
      scenes.splice(to, 0, scenes.splice(at, 1)[0]);
      return Object.assign({}, deck, { scenes: scenes });
    }, { undo: true });
    const row = rows.get(id);
    announce("“" + row.scene.title + "” is scene " + (to + 1) + " of " + (last + 1) + ".");
    if (keep && !keep.disabled) keep.focus();
    else if (keep) row.querySelector(".scene-title").focus();
  }

  async function remove(id) {
    const at = place(id), title = rows.get(id).scene.title;
    await present.store.update(function (deck) {
      return Object.assign({}, deck, {
        scenes: deck.scenes.filter(function (one) { return one.id !== id; }),
      });
    }, { undo: true });
    announce("Removed “" + title + "”. Undo brings it back.");
    const left = present.store.current().scenes;
    const next = left[Math.min(at, left.length - 1)];
    const focus = next ? rows.get(next.id).querySelector(".scene-title") :
      document.querySelector("#present-empty button");
    if (focus) focus.focus();
  }

  function toggle(id) {
    const hidden = !present.store.current().scenes[place(id)].hidden;
    announce(hidden ? "Hidden: it is skipped when presenting." : "Shown again.");
    return present.store.changeScene(id, { hidden: hidden }, { undo: true });
  }

  /* A text that is written a moment after the last key, and at once when it is left. */
  function field(row, tag, name, longest) {
    const made = element(tag, "form-control scene-" + name);
    let timer = null;
    made.maxLength = longest;
    function write() {
      clearTimeout(timer);
      timer = null;
      if (made.value !== row.scene[name]) present.store.changeScene(row.scene.id, { [name]: made.value });
    }
    made.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(write, TYPED_MS);
    });
    made.addEventListener("change", write);
    return made;
  }

  function tools(row) {
    const made = element("div", "scene-tools");
    const id = row.scene.id;
    const up = tool("↑", function () { moveTo(id, place(id) - 1, up); });
    const down = tool("↓", function () { moveTo(id, place(id) + 1, down); });
    made.append(up, down, tool("Hide", function () { toggle(id); }),
      tool("Remove", function () { remove(id); }));
    return made;
  }

  function texts(row) {
    const made = element("div", "scene-texts");
    const limits = present.deck.LIMITS;
    const label = element("label", "scene-notes-label");
    label.append(element("span", "control-label", "Notes for the speaker"),
      field(row, "textarea", "notes", limits.text));
    label.lastChild.rows = 2;
    const source = element("p", "fine scene-source");
    source.append(element("a", "", "Where it is from"), element("span"));
    made.append(field(row, "input", "title", limits.title), element("p", "scene-sentence"), label, source);
    return made;
  }

  function build(scene) {
    const row = element("li", "scene");
    row.scene = scene;
    row.id = "scene-" + scene.id;
    const handle = element("span", "scene-number");
    handle.draggable = true;
    handle.title = "Drag to move; Alt+↑ and Alt+↓ do the same";
    const picture = element("button", "scene-picture");
    picture.type = "button";
    picture.appendChild(element("img"));
    picture.firstChild.alt = "";
    picture.addEventListener("click", function () { present.page.show(scene.id); });
    row.append(handle, picture, texts(row), tools(row));
    row.addEventListener("keydown", function (event) {
      if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
      event.preventDefault();
      moveTo(scene.id, place(scene.id) + (event.key === "ArrowUp" ? -1 : 1), document.activeElement);
    });
    dragging(row, handle);
    return row;
  }

  function dragging(row, handle) {
    handle.addEventListener("dragstart", function (event) {
      event.dataTransfer.setData("text/plain", row.scene.id);
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setDragImage(row, 20, 20);
      row.parentNode.dataset.dragged = row.scene.id;
    });
    handle.addEventListener("dragend", function () { delete row.parentNode.dataset.dragged; });
    row.addEventListener("dragover", function (event) {
      if (!row.parentNode.dataset.dragged) return;
      event.preventDefault();
      row.classList.add("over");
    });
    row.addEventListener("dragleave", function () { row.classList.remove("over"); });
    row.addEventListener("drop", function (event) {
      row.classList.remove("over");
      const dragged = row.parentNode.dataset.dragged;
      if (!dragged) return;
      event.preventDefault();
      moveTo(dragged, place(row.scene.id));
    });
  }

  function value(input, text) {
    if (input !== document.activeElement && input.value !== text) input.value = text;
  }

  function fill(row, scene, number, count, results) {
    row.scene = scene;
    const named = "scene " + number + ", " + scene.title;
    const stale = results && scene.results && scene.results !== results;
    row.classList.toggle("scene-hidden", scene.hidden);
    row.querySelector(".scene-number").textContent = number;
    row.querySelector(".scene-picture").setAttribute("aria-label", "Present from " + named);
    value(row.querySelector(".scene-title"), scene.title);
    row.querySelector(".scene-title").setAttribute("aria-label", "Title of scene " + number);
    value(row.querySelector(".scene-notes"), scene.notes);
    row.querySelector(".scene-sentence").textContent = scene.sentence;
    row.querySelector(".scene-source a").href = scene.address;
    row.querySelector(".scene-source span").textContent =
      " · " + present.deck.provenance(scene) + (stale ? " · results have changed since" : "");
    const [up, down, hide, drop] = row.querySelectorAll(".scene-tools button");
    up.disabled = number === 1;
    down.disabled = number === count;
    hide.textContent = scene.hidden ? "Show" : "Hide";
    [[up, "Move up: "], [down, "Move down: "], [hide, hide.textContent + ": "], [drop, "Remove: "]]
      .forEach(function (pair) { pair[0].setAttribute("aria-label", pair[1] + named); });
  }

  /* The same for the same figure only: a file may bring others under the ids that are here. */
  function keyOf(scene) {
    const text = JSON.stringify(scene.figure);
    let sum = 7;
    for (let k = 0; k < text.length; k += 1) sum = (31 * sum + text.charCodeAt(k)) | 0;
    return present.figure.mode() + text.length + "." + sum;
  }

  function forget() {
    const shown = Array.from(rows.values(), function (row) { return row.querySelector("img").dataset.key; });
    pictures.forEach(function (_address, key) {
      if (!shown.includes(key)) pictures.delete(key);
    });
  }

  function thumbnail(row) {
    const key = keyOf(row.scene);
    const image = row.querySelector("img");
    if (image.dataset.key === key) return;
    image.dataset.key = key;
    drawing = drawing.then(async function () {
      if (!row.isConnected) return;
      if (!pictures.has(key)) pictures.set(key, await present.figure.picture(row.scene, "png", PICTURE));
      if (image.dataset.key === key) image.src = pictures.get(key);
    }).catch(function () { row.classList.add("scene-undrawn"); });
  }

  function render(list, deck, results) {
    const wanted = deck.scenes.map(function (one) { return one.id; });
    rows.forEach(function (row, id) {
      if (wanted.includes(id) && row.isConnected) return;
      row.remove();
      rows.delete(id);
    });
    deck.scenes.forEach(function (scene, k) {
      if (!rows.has(scene.id)) rows.set(scene.id, build(scene));
      const row = rows.get(scene.id);
      if (list.children[k] !== row) list.insertBefore(row, list.children[k] || null);
      fill(row, scene, k + 1, wanted.length, results);
      thumbnail(row);
    });
    forget();
  }

  present.list = { render: render, announce: announce, moveTo: moveTo };
})();
