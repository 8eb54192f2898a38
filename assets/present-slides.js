/* A presentation as slides: PPTX, put together by the server of pictures drawn here, and pages to
   print or to save as PDF. */
(function () {
  "use strict";
  const present = (window.genrelensPresent = window.genrelensPresent || {});
  const SLIDE_RATIO = 12.13 / 4.6; // of the picture's place on a slide, see dashboard/presentation/slides.py
  const PAGE_RATIO = 1.9; // of the picture's place on a page, A4 landscape

  /* A size at which letters read well on a wall: lower than on the page, where the eye is near. */
  function size(scene, ratio, scale) {
    const height = Math.round(Math.min(Math.max(0.75 * scene.height, 380), 700));
    return { width: Math.round(height * ratio), height: height, scale: scale };
  }

  function shownMode(scene) {
    return present.figure.inMode(scene, present.figure.mode()).mode;
  }

  async function form(deck) {
    const scenes = present.deck.shown(deck), sent = new FormData(), described = [];
    const notes = present.page.withNotes();
    for (let k = 0; k < scenes.length; k += 1) {
      const one = scenes[k], said = present.deck.headline(one.sentence);
      present.page.announce("Drawing scene " + (k + 1) + " of " + scenes.length + ".");
      const drawn = await present.figure.picture(one, "png", size(one, SLIDE_RATIO, 2));
      sent.append("picture-" + k, await (await fetch(drawn)).blob(), "picture-" + k + ".png");
      described.push({
        title: one.title, headline: said.first, more: said.more, notes: notes ? one.notes : "",
        foot: present.deck.provenance(one), picture: "picture-" + k,
      });
    }
    const text = JSON.stringify({
      title: deck.title, mode: shownMode(scenes[0]), scenes: described,
    });
    sent.append("presentation", new Blob([text], { type: "application/json" }), "presentation.json");
    return sent;
  }

  async function pptx(deck) {
    const response = await fetch(document.getElementById("present-app").dataset.pptx, {
      method: "POST", body: await form(deck),
    });
    if (!response.ok) throw new Error((await response.json()).error);
    window.genrelens.download(present.files.fileName(deck, "pptx"), await response.blob());
    present.page.announce("The PPTX file is ready.");
  }

  function line(parent, name, className, text) {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    parent.appendChild(made);
    return made;
  }

  async function printed(scene) {
    const page = document.createElement("section");
    const said = present.deck.headline(scene.sentence);
    page.className = "print-scene";
    line(page, "p", "print-kicker", scene.title);
    line(page, "h2", "print-headline", said.first || scene.title);
    const picture = line(page, "img", "print-picture", "");
    picture.alt = scene.sentence;
    picture.src = await present.figure.picture(scene, "svg", size(scene, PAGE_RATIO, 1), "light");
    await picture.decode();
    line(page, "p", "print-more", said.more);
    line(page, "p", "print-source", present.deck.provenance(scene));
    return page;
  }

  /* One scene a page, on paper's colours; goes when the dialog closes. */
  async function print(deck) {
    const root = document.createElement("div");
    root.id = "present-print";
    for (const scene of present.deck.shown(deck)) root.appendChild(await printed(scene));
    document.body.appendChild(root);
    document.documentElement.classList.add("printing-scenes");
    window.addEventListener("afterprint", function () {
      document.documentElement.classList.remove("printing-scenes");
      root.remove();
    }, { once: true });
    window.print();
  }

  present.page = Object.assign(present.page || {}, { pptx: pptx, print: print });
})();
