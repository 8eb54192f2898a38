/* Links within a page scroll and move the focus, without writing a fragment into the address: it
   would count as a new address of the page. Text inside folded parts unfolds. */
(function () {
  "use strict";
  document.addEventListener("click", function (event) {
    var link = event.target instanceof Element && event.target.closest(".jump-link");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    var target = document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    event.stopPropagation();
    if (target.matches("details")) target.open = true;
    target.scrollIntoView();
    (target.querySelector("summary") || target).focus({ preventScroll: true });
  });
})();
