/* Scenes of a story or a link enter the presentation as they come, each at its place among those
   that were asked for: whoever waits sees what is there already. */
(function () {
  "use strict";
  const present = (window.genrelensPresent = window.genrelensPresent || {});

  /* Where the scene asked for as number `k` goes: behind the nearest earlier one that is here, else
     before the nearest later one, else to the end. People may have moved or removed others since. */
  function place(scenes, ids, k) {
    const at = function (j) {
      return scenes.findIndex(function (one) { return one.id === ids[j]; });
    };
    for (let j = k - 1; j >= 0; j -= 1) if (ids[j] && at(j) >= 0) return at(j) + 1;
    for (let j = k + 1; j < ids.length; j += 1) if (ids[j] && at(j) >= 0) return at(j);
    return scenes.length;
  }

  /* Begins to take `number` scenes: in place of the presentation, or behind its scenes (`add`).
     One “Undo” takes all of them back. */
  function arrival(title, number, add) {
    const most = present.deck.LIMITS.scenes, ids = [];
    const here = add ? present.store.current().scenes.length : 0;
    if (here + number > most) {
      present.deck.refuse("A presentation has at most " + most + " scenes: remove " +
        (here + number - most) + " of yours first.");
    }
    let count = 0;

    function scene(one, k) {
      const first = count === 0;
      count += 1;
      return present.store.update(function (deck) {
        const scenes = first && !add ? [] : deck.scenes.slice();
        scenes.splice(place(scenes, ids, k), 0, one);
        ids[k] = one.id;
        const named = !first ? deck.title : add ? deck.title || title : title;
        return Object.assign({}, deck, { title: named, scenes: scenes });
      }, { undo: first });
    }

    return { scene: scene, count: function () { return count; } };
  }

  present.arrive = { begin: arrival };
})();
