/* Menus that a button opens ("More" on a card): Enter, Space or arrow down open one and move into
   it, arrows, Home and End move on, Escape closes it and gives the focus back, Tab and a click
   elsewhere close it. */
(function () {
  "use strict";
  var GAP_PX = 8;

  function menuOf(button) {
    return document.getElementById(button.getAttribute("aria-controls"));
  }

  /* What a menu offers, drawn when it is opened first (dashboard/components/tools.py). */
  function fill(menu) {
    if (menu.childElementCount) return;
    JSON.parse(menu.dataset.items).forEach(function (entry) {
      var item = document.createElement("button");
      item.type = "button";
      item.className = "menu-item";
      item.setAttribute("role", "menuitem");
      item.tabIndex = -1; // arrow keys go from one to the next
      item.dataset.cardAction = entry[0];
      item.dataset.card = menu.dataset.card;
      item.textContent = entry[1];
      menu.appendChild(item);
    });
  }

  function items(menu) {
    return Array.from(menu.querySelectorAll('[role="menuitem"]')).filter(function (item) {
      return item.offsetParent !== null;
    });
  }

  function openButton() {
    return document.querySelector('.more-button[aria-expanded="true"]');
  }

  function close(giveFocusBack) {
    var button = openButton();
    if (!button) return;
    button.setAttribute("aria-expanded", "false");
    menuOf(button).hidden = true;
    if (giveFocusBack) button.focus();
  }

  /* The menu hangs from the button's right edge, moved so far that it stays on the page. */
  function open(button, place) {
    close(false);
    var menu = menuOf(button);
    fill(menu);
    menu.style.transform = "";
    menu.hidden = false;
    button.setAttribute("aria-expanded", "true");
    var outside = GAP_PX - menu.getBoundingClientRect().left;
    if (outside > 0) menu.style.transform = "translateX(" + outside + "px)";
    var all = items(menu);
    if (place !== null && all.length) all[place < 0 ? all.length - 1 : place].focus();
  }

  /* Before anybody else hears of the click: an item may open a dialog, which takes the focus and
     gives it back to where it was, and that must be the button, not an item that is hidden by then. */
  document.addEventListener("click", function (event) {
    var target = event.target instanceof Element ? event.target : document.body;
    var button = target.closest(".more-button");
    if (button) {
      var byKeyboard = event.detail === 0;
      if (button === openButton()) close(false);
      else open(button, byKeyboard ? 0 : null);
      return;
    }
    close(Boolean(target.closest('[role="menuitem"]')));
  }, true);

  document.addEventListener("keydown", function (event) {
    var target = event.target instanceof Element ? event.target : document.body;
    var button = target.closest(".more-button");
    if (button && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      open(button, event.key === "ArrowDown" ? 0 : -1);
      return;
    }
    if (event.key === "Escape") {
      if (openButton()) event.preventDefault(); // it closes the menu and nothing else
      close(true);
      return;
    }
    var menu = target.closest('[role="menu"]');
    if (!menu) return;
    if (event.key === "Tab") {
      close(true); // and the browser goes on from the button
      return;
    }
    var all = items(menu);
    var steps = { ArrowDown: 1, ArrowUp: -1 };
    var next = null;
    if (event.key in steps) {
      next = (all.indexOf(target) + steps[event.key] + all.length) % all.length;
    } else if (event.key === "Home") {
      next = 0;
    } else if (event.key === "End") {
      next = all.length - 1;
    }
    if (next === null) return;
    event.preventDefault();
    all[next].focus();
  });
})();
