"""By keyboard, at 200 % zoom, by ear, without motion: every page for everybody."""

from collections.abc import Callable
from types import ModuleType

import pytest
from focus import walk
from looks import violations
from playwright.sync_api import Page, expect
from steps import choose, other_option, visible_cards
from visit import Visit

from dashboard.pages import PAGES

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.NAME.lower())

# Texts that are cut where they stand, and controls that lie on one another.
LOST = """() => {
  const shown = one => one.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const inside = one =>
    one.closest(".js-plotly-plot, .ag-root, .visually-hidden, .skip-link, select");
  const cut = [...document.querySelectorAll("main *, header *")].filter(one => {
    const style = getComputedStyle(one);
    return shown(one) && !inside(one) && one.textContent.trim() && one.clientWidth > 2 &&
      ["hidden", "clip"].includes(style.overflowX) && one.scrollWidth > one.clientWidth + 1;
  }).map(one => `cut: ${one.outerHTML.slice(0, 120)}`);
  const controls = [...document.querySelectorAll("main a[href], main button, main select, " +
    "header a, header button, main .switch-option, main summary")]
    .filter(one => shown(one) && !inside(one));
  const boxes = controls.map(one => [...one.getClientRects()]);
  const onTop = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
  const over = [];
  controls.forEach((one, k) => controls.slice(k + 1).forEach((other, n) => {
    const touch = boxes[k].some(a => boxes[k + 1 + n].some(b => onTop(a, b)));
    if (touch && !one.contains(other) && !other.contains(one))
      over.push(`over: ${one.outerHTML.slice(0, 80)} ${other.outerHTML.slice(0, 80)}`);
  }));
  return [...cut, ...over];
}"""


@each_page
def test_tab_reaches_every_control_seen_and_in_order_and_leaves(
    page: ModuleType, visit: Visit
) -> None:
    found = walk(visit.open(page.PATH).page)
    assert not found.trapped
    assert found.unseen == []
    assert found.backward == []
    assert found.missed == []
    assert found.stops > len(PAGES)  # the bar alone has so many


@each_page
def test_zoom_of_200_percent_loses_nothing(page: ModuleType, visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 720, "height": 450})  # 1440 x 900 at 200 %
    visit.open(page.PATH)
    assert not visit.scrolls_sideways()
    assert visit.page.evaluate(LOST) == []


@each_page
def test_nothing_moves_by_itself_with_reduced_motion(page: ModuleType, visit: Visit) -> None:
    visit.page.emulate_media(reduced_motion="reduce")
    visit.open(page.PATH)
    moving = visit.page.evaluate(
        """() => [...document.querySelectorAll("body *")].map(one => getComputedStyle(one))
          .filter(style => parseFloat(style.transitionDuration) > 0.01 ||
            (style.animationName !== "none" && parseFloat(style.animationDuration) > 0.01))
          .length"""
    )
    assert moving == 0
    assert visit.page.evaluate("document.getAnimations().length") == 0


def test_bar_of_all_pages_fits_at_1280_and_folds_below_its_width(
    new_visit: Callable[..., Visit],
) -> None:
    visit = new_visit(width_px=1280).open("/predict")
    heights = visit.page.locator("#bar-links a").evaluate_all(
        "links => links.map(link => link.getBoundingClientRect().top)"
    )
    assert len(heights) == len(PAGES)
    assert len(set(heights)) == 1  # in one line
    assert not visit.scrolls_sideways()
    visit.page.set_viewport_size({"width": 1000, "height": 900})
    expect(visit.page.locator("#bar-links")).to_be_hidden()
    assert visit.problems == []


def test_menu_opens_and_closes_by_keyboard_and_axe_finds_nothing_in_it(
    new_visit: Callable[..., Visit],
) -> None:
    visit = new_visit(width_px=390).open("/predict")
    menu = visit.page.get_by_role("button", name="Menu")
    menu.focus()
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#bar-links")).to_be_visible()
    assert violations(visit.page) == []
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator("#bar-links")).to_be_hidden()
    assert visit.problems == []


def test_axe_finds_nothing_in_tables_menus_and_explanations(visit: Visit) -> None:
    visit.open("/model")
    for card in visible_cards(visit):
        visit.page.locator(f"#{card}-card .card-view label").click()
    visit.page.get_by_text("Parameters and provenance").click()
    visit.page.get_by_role("button", name="More", exact=True).first.click()
    expect(visit.page.get_by_role("menu")).to_be_visible()
    assert violations(visit.page) == []
    visit.page.keyboard.press("Escape")
    visit.page.locator(".explain summary").click()  # lies over the cards
    assert violations(visit.page) == []


def test_sentence_of_what_was_chosen_is_announced(visit: Visit) -> None:
    visit.open("/clusters")
    spoken(visit.page)
    choose(visit, "model", other_option(visit, "model"))
    said = visit.page.evaluate("window.spoken")
    assert any("adjusted Rand" in text for text in said)


def test_message_of_a_page_that_fails_takes_the_focus(visit: Visit) -> None:
    visit.open("/")
    visit.page.evaluate(
        """dash_clientside.set_props("shell-message", {children: "It failed.", hidden: false})"""
    )
    message = visit.page.get_by_role("alert").filter(has_text="It failed.")
    expect(message).to_be_focused()


def test_phone_shows_models_as_blocks_and_sorts_them(new_visit: Callable[..., Visit]) -> None:
    visit = new_visit(width_px=390).open("/")
    blocks = visit.page.locator(".row-block")
    expect(blocks.first).to_be_visible()
    assert visit.page.locator(".ag-header-cell:visible").count() == 2  # ticks and blocks
    assert {"New artist", "Time", "Size"} <= set(blocks.first.locator("dt").all_text_contents())
    before = blocks.first.locator("a").text_content() or ""
    visit.page.get_by_label("Sort by").select_option("train_s")
    expect(blocks.first.locator("a")).not_to_have_text(before)
    visit.page.set_viewport_size({"width": 1440, "height": 900})
    expect(visit.page.locator(".ag-header-cell[col-id=train_s]")).to_be_visible()
    expect(blocks).to_have_count(0)
    assert visit.problems == []


def test_phone_shows_a_table_of_many_columns_as_a_list(new_visit: Callable[..., Visit]) -> None:
    visit = new_visit(width_px=390).open("/model?table=confusion")
    cell = visit.page.locator("#confusion-table td").nth(1)
    expect(cell).to_be_visible()
    label = cell.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert label == '"blues"'
    frame = visit.page.locator("#confusion-table")
    assert frame.evaluate("frame => frame.scrollWidth <= frame.clientWidth")
    assert frame.get_by_role("table").count() == 1  # still one for those who listen
    assert visit.problems == []


def spoken(page: Page) -> None:
    """Collect the texts that appear in live regions from now on, as ``window.spoken``."""
    page.evaluate(
        """() => {
          window.spoken = [];
          const live = "[aria-live=polite], [aria-live=assertive], [role=status], [role=alert]";
          document.querySelectorAll(live).forEach(region => new MutationObserver(
            () => window.spoken.push(region.textContent)
          ).observe(region, {childList: true, characterData: true, subtree: true}));
        }"""
    )
