"""A page by keyboard: where Tab leads, and whether it can be seen; for tests/browser."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

MOST_STOPS = 600

# Every control that can be used now. Of radio buttons one of a group takes the focus, in a grid
# one cell; a player's own buttons are the browser's business.
CONTROLS = """() => {
  window.controls = [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, audio[controls], [tabindex='0']")]
    .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.disabled)
    .filter(one => one.tabIndex >= 0 && !one.closest("[inert]"))
    .filter(one => one.type !== "radio" || one.checked)
    .filter(one => !one.closest(".ag-root, .ag-paging-panel, .ag-tab-guard"));
  return window.controls.length;
}"""

FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return null;
  const marked = element => {
    if (!element) return false;
    const style = getComputedStyle(element);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) ||
      (style.boxShadow !== "none" && element.matches(":focus"));
  };
  const after = window.before && !window.before.isConnected ? true : !window.before ||
    Boolean(window.before.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
  const grid = Boolean(one.closest(".ag-root"));
  window.before = one;
  const place = window.controls.indexOf(one);
  const label = one.labels && one.labels[0];
  return {
    place, grid, after,
    name: `${one.tagName.toLowerCase()} ${one.id || one.className} ${one.textContent.slice(0, 40)}`,
    visible: marked(one) || marked(label) || marked(one.nextElementSibling) ||
      marked(label && label.parentElement) ||
      [...document.querySelectorAll("label")].some(l => l.htmlFor === one.id && marked(l)),
  };
}"""


@dataclass(frozen=True)
class Walk:
    """Where Tab led from the top of a page to its end.

    Attributes
    ----------
    unseen : list of str
        Stops without a visible focus.
    backward : list of str
        Stops that stand before the one they were reached from.
    missed : list of str
        Controls that Tab never reached.
    trapped : bool
        Whether Tab never left the page.
    stops : int
    """

    unseen: list[str]
    backward: list[str]
    missed: list[str]
    trapped: bool
    stops: int


def walk(page: Page) -> Walk:
    """Press Tab from the top of a page until it leaves it."""
    page.evaluate("window.before = null; document.activeElement.blur(); scrollTo(0, 0)")
    count: int = page.evaluate(CONTROLS)
    stops: list[dict[str, Any]] = []
    trapped = True
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or (len(stops) > 1 and stop["place"] == stops[0]["place"] >= 0):
            trapped = False
            break
        stops.append(stop)
    reached = {stop["place"] for stop in stops}
    missed: list[str] = page.evaluate(
        """places => places.map(place => window.controls[place])
          .filter(one => one.isConnected && one.checkVisibility())
          .map(one => one.outerHTML.slice(0, 160))""",
        [place for place in range(count) if place not in reached],
    )
    return Walk(
        [stop["name"] for stop in stops if not stop["visible"]],
        [stop["name"] for stop in stops if not stop["after"]],
        missed,
        trapped,
        len(stops),
    )
