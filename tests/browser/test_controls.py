"""Every control of every page is changed once: what changes, what the address says, reload."""

from pathlib import Path
from types import ModuleType

import pytest
from steps import (
    assert_same_numbers,
    choose,
    downloaded_csv,
    other_option,
    other_options,
    table_texts,
    use_tool,
    visible_cards,
)
from visit import Visit

from dashboard.pages import PAGES, clusters, compare, data, explore, model, overview, tracks

# Controls that must be there; what else a page has is found on it and changed as well.
EXPECTED = {
    overview.PATH: {"protocol", "unit", "features"},
    model.PATH: {"model", "protocol", "unit", "order", "confusion", "curve"},
    compare.PATH: {"models", "protocol", "unit", "a", "b", "metric", "cells"},
    data.PATH: {"features", "feature"},
    clusters.PATH: {"features", "model", "colour", "dimensions"},
    explore.PATH: {"data", "protocol", "x", "y", "colour", "feature", "clip", "cost", "answered"},
    tracks.PATH: {
        "data",
        "protocol",
        "model",
        "true",
        "predicted",
        "answer",
        "sure",
        "flag",
        "columns",
    },
}
# Predict waits for a clip, Present is made of the visitor's own scenes, Help is text: nothing to
# choose there.
WITHOUT_CONTROLS = ("/predict", "/present", "/help")
with_controls = pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page.PATH not in WITHOUT_CONTROLS],
    ids=lambda page: page.NAME.lower(),
)


@with_controls
def test_every_control_changes_the_view_and_the_address(page: ModuleType, visit: Visit) -> None:
    names = set(visit.open(page.PATH).view()["controls"])
    assert names >= EXPECTED.get(page.PATH, set())
    for name in sorted(names):
        before = visit.open(page.PATH).view()
        if not other_options(visit, name):
            continue  # such as the data set, where results hold one
        value = other_option(visit, name)
        after = choose(visit, name, value)
        assert value in after["controls"][name].split(","), name
        assert value in visit.query()[name].split(",")
        changed = {part for part in before if after[part] != before[part]}
        drawn = {"figures", "sentences", "grid"}  # order and columns of a list change its grid only
        assert changed & drawn, f"{name} changed only {changed}"
        visit.page.reload()
        visit.settle()
        visit.wait_for_view(after)


@with_controls
def test_shared_address_with_several_choices_shows_the_same(page: ModuleType, visit: Visit) -> None:
    visit.open(page.PATH)
    for name in sorted(visit.view()["controls"]):
        # one choice may leave nothing to choose in another
        if name in visit.view()["controls"] and other_options(visit, name):
            after = choose(visit, name, other_option(visit, name))
    address = visit.page.url.removeprefix(visit.address)
    visit.page.goto("about:blank")
    visit.open(address)
    visit.wait_for_view(after)


@with_controls
def test_reset_shows_the_page_as_it_was(page: ModuleType, visit: Visit) -> None:
    before = visit.open(page.PATH).view()
    name = min(before["controls"])
    choose(visit, name, other_option(visit, name))
    visit.page.get_by_role("link", name="Reset").click()
    visit.page.wait_for_url(visit.address + page.PATH)
    visit.settle()
    visit.wait_for_view(before)


@with_controls
def test_table_switch_shows_the_numbers_and_is_in_the_address(
    page: ModuleType, visit: Visit
) -> None:
    visit.open(page.PATH)
    cards = visible_cards(visit)
    for card in cards:
        visit.page.locator(f"#{card}-card .card-view label").click()
        visit.page.locator(f"#{card}-table table").wait_for()
        assert not visit.page.locator(f"#{card}-figure").is_visible()
    assert set(visit.query()["table"].split(",")) == set(cards)
    assert not visit.scrolls_sideways()
    before = visit.view()
    visit.page.reload()
    visit.settle()
    visit.wait_for_view(before)
    visit.page.locator(f"#{cards[0]}-card .card-view label").click()
    visit.page.locator(f"#{cards[0]}-figure .main-svg").first.wait_for()
    assert not visit.scrolls_sideways()


@with_controls
def test_csv_download_holds_the_numbers_of_the_table(
    page: ModuleType, visit: Visit, tmp_path: Path
) -> None:
    visit.open(page.PATH)
    for card in visible_cards(visit):
        assert_same_numbers(downloaded_csv(visit, card, tmp_path), table_texts(visit, card))


@with_controls
def test_png_download_is_a_picture(page: ModuleType, visit: Visit, tmp_path: Path) -> None:
    visit.open(page.PATH)
    card = visible_cards(visit)[0]
    with visit.page.expect_download() as started:
        use_tool(visit, card, "PNG")
    started.value.save_as(tmp_path / "figure.png")
    content = (tmp_path / "figure.png").read_bytes()
    assert content.startswith(b"\x89PNG\r\n")
    assert len(content) > 10_000  # an empty picture of this size has about 4,000 bytes
