"""What is found on a page in one visit, for all that tests/browser asks of it.

Opening a page takes longer than looking at it, so each page is opened once a width and mode, and
everything that several tests ask is noted then. Text is set in one typeface that every machine
has, because pictures are compared and lines must break at the same words everywhere.
"""

import base64
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import axe_playwright_python
import matplotlib
from playwright.sync_api import Page
from steps import choose, control, other_options
from visit import Visit

# Rules of axe that do not apply, each with its reason.
AXE_WITHOUT = {
    "region": "the skip link stands before all regions, as it must; the rest is in header and main",
}
# The inside of a drawing is hidden from assistive technology: its card's sentence and table speak.
# Of long lists whose rows are alike the first five are enough, and take a tenth of the time.
AXE_EXCLUDED = [
    ".main-svg",
    ".ag-row:nth-child(n + 6)",
    ".numbers tr:nth-child(n + 6)",
    ".pick-list .form-check:nth-child(n + 6)",
]
SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => list.getEntries().forEach(entry => window.shifts.push({
  value: entry.value,
  moved: entry.sources.map(source => source.node && (source.node.id || source.node.className)),
}))).observe({type: "layout-shift", buffered: true});
"""
STILL = "*, *::before, *::after { transition: none !important; animation: none !important; "
STILL += "caret-color: transparent !important; font-family: Everywhere !important; }"


@dataclass(frozen=True)
class Look:
    """A page at one width and mode.

    Attributes
    ----------
    shifts, shifts_after : float
        Layout shift while it loaded, and after its last control was changed.
    moved : list of str
        What moved, for the message.
    violations : list of str
        What axe found: rule, element, what to do.
    links : list of str
        Addresses of all links, as written.
    anchors : frozenset of str
        Ids of the page's elements.
    facts : dict
        What ``FACTS`` reads.
    picture : bytes
        The whole page as PNG.
    """

    problems: list[str]
    shifts: float
    shifts_after: float
    moved: list[str]
    violations: list[str]
    links: list[str]
    anchors: frozenset[str]
    facts: dict[str, Any]
    picture: bytes


FACTS = """() => {
  const all = selector => [...document.querySelectorAll(selector)];
  const shown = element => element.checkVisibility({visibilityProperty: true});
  const named = element => (element.getAttribute("aria-labelledby") || "").split(" ")
    .map(id => document.getElementById(id)?.textContent || "").join(" ").trim();
  return {
    title: document.title,
    mode: document.documentElement.dataset.bsTheme,
    headings: all("main h1").length,
    current: document.querySelector("#bar-links a[aria-current=page]")?.textContent,
    drawn: all(".js-plotly-plot .main-svg").filter(shown).length,
    wider: document.scrollingElement.scrollWidth - document.documentElement.clientWidth,
    unnamed: all(".js-plotly-plot").filter(shown)
      .filter(plot => !named(plot.closest("figure, [role=figure]") || plot)).length,
    untabled: all(".figure-card").filter(shown)
      .filter(card => card.querySelector(".card-picture"))
      .filter(card => {
        window.genrelens.drawTable(card.dataset.card);
        return !card.querySelector(".card-table table");
      })
      .map(card => card.id),
  };
}"""


def quiet(page: Page) -> None:
    """Prepare a tab, before it loads anything, so that two visits look alike."""
    page.add_init_script(SHIFTS)
    page.add_init_script(f"""
      new FontFace("Everywhere", "url(data:font/ttf;base64,{_typeface("DejaVuSans.ttf")})")
        .load().then(face => document.fonts.add(face));
      new FontFace("Everywhere", "url(data:font/ttf;base64,{_typeface("DejaVuSans-Bold.ttf")})",
        {{weight: "600 700"}}).load().then(face => document.fonts.add(face));
      const sheet = new CSSStyleSheet();
      sheet.replaceSync({STILL!r});
      document.adoptedStyleSheets = [sheet];
    """)


@cache
def _typeface(name: str) -> str:
    """Return a typeface that comes with matplotlib, as base64."""
    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name
    return base64.b64encode(path.read_bytes()).decode("ascii")


@cache
def _axe() -> str:
    return files(axe_playwright_python).joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Return what axe finds on a page as it stands."""
    page.evaluate(f"if (!window.axe) {{ {_axe()} }}")
    found: list[dict[str, Any]] = page.evaluate(
        """([without, excluded]) => axe.run({exclude: excluded.map(selector => [selector])}, {
          resultTypes: ["violations"],
          rules: Object.fromEntries(without.map(rule => [rule, {enabled: false}])),
        }).then(result => result.violations)""",
        [list(AXE_WITHOUT), AXE_EXCLUDED],
    )
    return [
        f"{rule['id']}: {node['html'][:200]} ({node['failureSummary']})"
        for rule in found
        for node in rule["nodes"]
    ]


def look_at(visit: Visit, path: str, *, change: bool) -> Look:
    """Open a page and note what is found.

    Parameters
    ----------
    visit : Visit
        A tab that is ``quiet``.
    path : str
    change : bool
        Whether to change the last control that offers a choice, at the very end.
    """
    page = visit.open(path).page
    shifts, moved = _shifts(page)
    facts = page.evaluate(FACTS)
    links: list[str] = page.evaluate(
        "[...document.querySelectorAll('a[href]')].map(link => link.getAttribute('href'))"
    )
    anchors = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    found = violations(page)
    picture = page.screenshot(full_page=True)
    after, moved_after = _changed(visit) if change else (0.0, [])
    return Look(
        list(visit.problems), shifts, after, moved + moved_after, found, links,
        frozenset(anchors), facts, picture,
    )  # fmt: skip


def _shifts(page: Page) -> tuple[float, list[str]]:
    """Return the layout shift since it was last asked for, and what moved."""
    seen: list[dict[str, Any]] = page.evaluate("window.shifts.splice(0)")
    moved = [f"{shift['value']:.3f}: {shift['moved'][:3]}" for shift in seen]
    return sum(shift["value"] for shift in seen), moved


def _changed(visit: Visit) -> tuple[float, list[str]]:
    """Change the last control that offers a choice, and return the shift that follows.

    Unlike the metric of browsers, this counts what moves at once after the change as well.
    """
    page = visit.page
    for name in reversed(visit.view()["controls"]):
        others = other_options(visit, name)
        if others and control(visit, name).is_visible():
            control(visit, name).scroll_into_view_if_needed()
            page.evaluate("window.shifts.splice(0)")  # those of the picture do not count
            choose(visit, name, others[0])
            return _shifts(page)
    return 0.0, []
