/* "Add to presentation" on every card: freezes what the card shows, and says so for a while. */
(function () {
  "use strict";
  const present = (window.genrelensPresent = window.genrelensPresent || {});
  const SHOWN_MS = 8000;
  let timer = null;

  function toast() {
    let place = document.getElementById("present-toast");
    if (place) return place;
    place = document.createElement("section");
    place.id = "present-toast";
    place.className = "present-toast";
    place.setAttribute("aria-label", "Presentation");
    const live = document.createElement("p");
    live.setAttribute("role", "status");
    const link = document.createElement("a");
    link.href = "/present";
    link.textContent = "Open the presentation";
    const close = document.createElement("button");
    close.type = "button";
    close.className = "tool-button";
    close.textContent = "Close";
    close.addEventListener("click", function () { place.classList.remove("shown"); });
    place.append(live, link, close);
    document.body.appendChild(place);
    return place;
  }

  /* Shows a sentence in a corner; stays while it holds the pointer or the focus. */
  function say(text) {
    const place = toast();
    requestAnimationFrame(function () { place.querySelector("p").textContent = text; });
    place.querySelector("a").hidden = window.location.pathname === "/present";
    place.classList.add("shown");
    clearTimeout(timer);
    timer = setTimeout(function hide() {
      if (place.matches(":hover, :focus-within")) timer = setTimeout(hide, SHOWN_MS);
      else place.classList.remove("shown");
    }, SHOWN_MS);
  }

  async function add(card) {
    const snapshot = window.genrelens.snapshot(card);
    if (!snapshot || !snapshot.figure || !snapshot.figure.data.length) {
      return say("This figure is not drawn yet. Try again when it is.");
    }
    try {
      const scene = present.deck.frozen(snapshot);
      const deck = await present.store.update(function (deck) {
        if (deck.scenes.length >= present.deck.LIMITS.scenes) {
          present.deck.refuse("The presentation is full: it has " + deck.scenes.length + " scenes.");
        }
        return Object.assign({}, deck, { scenes: deck.scenes.concat([scene]) });
      });
      return say("Added “" + scene.title + "”: scene " + deck.scenes.length + " of the presentation.");
    } catch (error) {
      return say(error.message);
    }
  }

  present.say = say;

  document.addEventListener("click", function (event) {
    const button = event.target instanceof Element &&
      event.target.closest('[data-card-action="present"]');
    if (button) add(button.dataset.card);
  });
})();
