"""Every page at both widths in both modes, opened once: drawn, quiet, for everybody, as kept.

`make screenshots` renews the kept pictures (tests/browser/baselines) after a change that is meant.
"""

import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import pytest
from looks import Look, look_at, quiet
from multipart import get
from pictures_alike import difference, keep
from playwright.sync_api import Browser
from rendered import rendered
from visit import Visit

from dashboard.app import create_app
from dashboard.pages import PAGES
from pipeline.config import REPOSITORY

BASELINES = Path(__file__).parent / "baselines"
RENEW = "GENRELENS_RENEW_SCREENSHOTS"
MOST_SHIFT = 0.05
# Predict waits for a clip, Present for cards, Help is text: none has a figure of its own.
WITHOUT_FIGURES = ("/predict", "/present", "/help")
DECLARED_SOURCES: frozenset[str] = frozenset()  # addresses outside that a page may lead to
# How a page's layout says that it replaced what the address asked for.
REPLACED = '"className":"note","role":"status"'
Looking = Callable[[ModuleType, int, str], Look]


def named(part: object) -> str:
    """Return a parameter's name in the list of tests."""
    return part.NAME.lower() if isinstance(part, ModuleType) else str(part)


# Sorted by page, so that what was found on it is asked of before the next one is opened.
each_look = pytest.mark.parametrize(
    ("page", "width_px", "mode"),
    [(page, width, mode) for page in PAGES for width in (1440, 390) for mode in ("light", "dark")],
    ids=named,
)
each_width = pytest.mark.parametrize(
    ("page", "width_px"), [(page, width) for page in PAGES for width in (1440, 390)], ids=named
)
each_page = pytest.mark.parametrize("page", PAGES, ids=named)


@pytest.fixture(scope="session")
def look(browser: Browser, address: str) -> Looking:
    """Look at a page, once in all."""
    seen: dict[tuple[str, int, str], Look] = {}

    def looking(page: ModuleType, width_px: int, mode: str) -> Look:
        key = (page.PATH, width_px, mode)
        if key not in seen:
            context = browser.new_context(
                viewport={"width": width_px, "height": 900},
                color_scheme="dark" if mode == "dark" else "light",
                reduced_motion="reduce",
            )
            tab = context.new_page()
            quiet(tab)
            seen[key] = look_at(Visit(tab, address), page.PATH, change=mode == "light")
            context.close()
        return seen[key]

    return looking


@each_look
def test_page_is_drawn_quiet_and_fits_the_window(
    page: ModuleType, width_px: int, mode: str, look: Looking
) -> None:
    seen = look(page, width_px, mode)
    assert seen.problems == []
    assert seen.facts["drawn"] or page.PATH in WITHOUT_FIGURES
    assert seen.facts["wider"] <= 0, "scrolls sideways"
    assert seen.facts["mode"] == mode
    assert seen.facts["headings"] == 1
    assert seen.facts["title"].endswith("· GenreLens")
    assert seen.facts["current"] == page.NAME


@each_look
def test_axe_finds_nothing(page: ModuleType, width_px: int, mode: str, look: Looking) -> None:
    assert look(page, width_px, mode).violations == []


@each_look
def test_every_figure_has_its_text_and_its_table(
    page: ModuleType, width_px: int, mode: str, look: Looking
) -> None:
    facts = look(page, width_px, mode).facts
    assert facts["unnamed"] == 0
    assert facts["untabled"] == []


@each_look
def test_nothing_moves_while_a_page_loads(
    page: ModuleType, width_px: int, mode: str, look: Looking
) -> None:
    seen = look(page, width_px, mode)
    assert seen.shifts <= MOST_SHIFT, seen.moved


@each_width
def test_nothing_moves_much_when_a_control_is_changed(
    page: ModuleType, width_px: int, look: Looking
) -> None:
    seen = look(page, width_px, "light")
    assert seen.shifts_after <= MOST_SHIFT, seen.moved


@each_look
def test_page_looks_as_its_kept_picture(
    page: ModuleType, width_px: int, mode: str, look: Looking, screenshots: Path
) -> None:
    kept = BASELINES / f"{page.NAME.lower()}-{width_px}-{mode}.png"
    picture = look(page, width_px, mode).picture
    (screenshots / kept.name).write_bytes(picture)
    if os.environ.get(RENEW):
        keep(picture, kept)
    assert kept.is_file(), f"{kept} is not there. Run `make screenshots`, and commit it."
    found = difference(picture, kept)
    if found:
        shown = screenshots / f"{kept.stem}-difference.png"
        found.picture.save(shown)
        pytest.fail(
            f"{page.NAME} no longer looks as kept, at {found.patches[:5]} (x, y) and "
            f"{max(0, len(found.patches) - 5)} more places. Now and before, side by side: {shown}. "
            "If this is meant, run `make screenshots` and commit the pictures."
        )


@each_page
def test_every_link_leads_somewhere(page: ModuleType, look: Looking, address: str) -> None:
    seen = look(page, 1440, "light")
    paths = {other.PATH for other in PAGES}
    app = create_app(REPOSITORY / "results")
    assert seen.links
    assert REPLACED in rendered(app, "/?protocol=nonsense")
    for link in set(seen.links):
        parts = urlsplit(link)
        if parts.netloc:
            assert link in DECLARED_SOURCES
        elif not parts.path:
            assert parts.fragment in seen.anchors, f"{link} is nowhere on the page"
        elif parts.path in paths:
            assert REPLACED not in rendered(app, link), f"{link} is not understood by its page"
        else:
            assert parts.path.startswith(("/api/", "/assets/", "/_")), f"{link} is no page"
            assert get(address + link)[0] == 200


def test_kept_pictures_are_those_of_the_pages_and_small() -> None:
    kept = {path.name for path in BASELINES.glob("*.png")}
    wanted = {
        f"{page.NAME.lower()}-{width}-{mode}.png"
        for page in PAGES
        for width in (1440, 390)
        for mode in ("light", "dark")
    }
    assert kept == wanted
    assert sum((BASELINES / name).stat().st_size for name in kept) < 3 * 2**20
