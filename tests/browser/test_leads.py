"""Marks of figures and cells of tables lead to the tracks behind them, and back."""

import math
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect
from visit import PATIENCE_MS, POLL_MS, Visit

# Where a mark lies: by its place on both axes, in the subplot that it is in ("", "2", ...).
POSITION = """([card, x, y, subplot]) => {
  const plot = document.querySelector(`#${card}-figure .js-plotly-plot`);
  plot.scrollIntoView({block: "center", behavior: "instant"});
  const frame = plot.getBoundingClientRect(), layout = plot._fullLayout;
  const along = layout[`xaxis${subplot}`], down = layout[`yaxis${subplot}`];
  return [frame.left + along._offset + along.d2p(x), frame.top + down._offset + down.d2p(y)];
}"""
# The dot of a trace whose customdata holds a text.
DOT = """([card, name, text]) => {
  const plot = document.querySelector(`#${card}-figure .js-plotly-plot`);
  const trace = plot._fullData.find(one => one.name === name);
  const place = Array.from(trace.customdata).findIndex(own => Array.from(own).includes(text));
  return [trace.x[place], trace.y[place]];
}"""


def click(visit: Visit, card: str, x: Any, y: Any, subplot: str = "") -> None:
    """Click a mark of a card's figure, after its pointer says that it can be clicked."""
    clickable = visit.page.locator(f"#{card}-figure .js-plotly-plot.leads-on")
    for _ in range(PATIENCE_MS // POLL_MS):
        left, top = visit.page.evaluate(POSITION, [card, x, y, subplot])
        visit.page.mouse.move(left - 3, top)
        visit.page.mouse.move(left, top)
        visit.page.wait_for_timeout(POLL_MS)
        # what lies above may still grow: where the mark is now, the pointer must be
        if clickable.count() and visit.page.evaluate(POSITION, [card, x, y, subplot]) == [
            left,
            top,
        ]:
            break
    expect(clickable).to_have_count(1)
    visit.page.mouse.click(left, top)


def asked(visit: Visit) -> dict[str, str]:
    """Return what the address of the Tracks page asks for, once it is there."""
    visit.page.wait_for_url(re.compile(r"/tracks\?"))
    return {name: values[0] for name, values in parse_qs(urlsplit(visit.page.url).query).items()}


def test_cell_of_the_confusion_matrix_leads_to_its_songs_and_back(visit: Visit) -> None:
    visit.open("/model")
    before = visit.page.url
    click(visit, "confusion", "disco", "rock")
    said = asked(visit)
    assert (said["true"], said["predicted"]) == ("rock", "disco")
    assert said["back"] == urlsplit(before)._replace(scheme="", netloc="").geturl() + (
        "#confusion-card"
    )
    visit.page.go_back()
    expect(visit.page).to_have_url(before)
    visit.page.locator("#confusion-card").wait_for()
    visit.settle()


def test_cell_without_songs_leads_nowhere(visit: Visit) -> None:
    visit.open("/model")
    left, top = visit.page.evaluate(POSITION, ["confusion", "rock", "classical", ""])
    visit.page.mouse.move(left - 3, top)
    visit.page.mouse.move(left, top)
    visit.page.locator("#confusion-figure .hoverlayer .hovertext").wait_for()
    visit.page.mouse.click(left, top)
    assert visit.page.locator("#confusion-figure .leads-on").count() == 0
    assert urlsplit(visit.page.url).path == "/model"


@pytest.mark.parametrize(("metric", "told"), [("precision", "predicted"), ("recall", "true")])
def test_dot_of_a_genre_leads_to_the_songs_it_speaks_of(
    visit: Visit, metric: str, told: str
) -> None:
    visit.open("/model")
    click(visit, "genres", *visit.page.evaluate(DOT, ["genres", metric, "disco"]))
    said = asked(visit)
    assert said[told] == "disco"
    assert {"true", "predicted"} - set(said) == {"true", "predicted"} - {told}


def test_matrices_and_difference_lead_to_songs_of_one_model_with_the_others(visit: Visit) -> None:
    visit.open("/compare")
    models = visit.view()["controls"]["models"].split(",")
    click(visit, "matrices", "rock", "rock", "2")
    first = asked(visit)["model"].split(",")
    assert sorted(first) == sorted(models) and first[0] == models[1]
    visit.page.go_back()
    visit.page.locator("#difference-card").wait_for()
    visit.settle()
    click(visit, "difference", "disco", "rock")
    said = asked(visit)
    assert set(said["model"].split(",")) == set(models)
    assert (said["true"], said["predicted"]) == ("rock", "disco")


def test_lasso_leads_to_the_tracks_in_it_by_few_corners(visit: Visit) -> None:
    features = visit.open("/clusters").view()["controls"]["features"]
    plot = visit.page.locator("#map-figure .js-plotly-plot")
    plot.scroll_into_view_if_needed()
    plot.hover()
    plot.locator(".modebar-btn[data-title='Lasso Select']").click()
    frame = plot.locator(".nsewdrag").bounding_box()
    assert frame
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    visit.page.mouse.move(x + 100, y)
    visit.page.mouse.down()
    for step in range(1, 41):
        angle = 2 * math.pi * step / 40
        visit.page.mouse.move(x + 100 * math.cos(angle), y + 100 * math.sin(angle))
    visit.page.mouse.up()
    place, _, area = asked(visit)["near"].partition(":")
    assert place == features
    assert 3 < len(area.split(";")) <= 12


def test_suspicious_label_and_bar_of_copies_lead_to_their_tracks(visit: Visit) -> None:
    visit.open("/data")
    switch = visit.page.locator("#suspicious-card .card-view label")
    switch.click()  # tables are drawn when they are looked at
    track = visit.page.locator("#suspicious-table td a.lead-link").first.text_content()
    switch.click()
    visit.settle()
    dot = visit.page.evaluate(
        """() => { const own = document.querySelector("#suspicious-figure .js-plotly-plot")
          ._fullData.at(-1); return [own.x[own.x.length - 1], own.y[own.y.length - 1]]; }"""
    )
    click(visit, "suspicious", *dot)
    said = asked(visit)
    assert (said["flag"], said["track"]) == ("label", track)
    visit.page.go_back()
    visit.page.locator("#duplicates-card").wait_for()
    visit.settle()
    click(visit, "duplicates", 1, "metal")
    assert all(name.startswith("metal.") for name in asked(visit)["ids"].split(","))


def test_table_leads_there_by_keyboard(visit: Visit) -> None:
    visit.open("/model?table=confusion")
    link = visit.page.locator("#confusion-table a.lead-link", has_text="11").first
    link.focus()
    expect(link).to_be_focused()
    visit.page.keyboard.press("Enter")
    said = asked(visit)
    assert said["true"] and said["predicted"]
    assert said["back"].startswith("/model?table=confusion")


def test_worst_confusions_lead_to_their_songs_and_the_way_back(visit: Visit) -> None:
    visit.open("/model")
    before = urlsplit(visit.page.url)._replace(scheme="", netloc="").geturl()
    links = visit.page.locator("#model-worst a.lead-link")
    expect(links).to_have_count(3)
    for place in range(3):
        links.nth(place).click()
        said = asked(visit)
        assert said["true"] != said["predicted"]
        assert said["back"] == before
        visit.page.go_back()
        links.nth(2).wait_for()
        visit.settle()


def test_finger_sees_the_label_first(new_visit: Any, browser: Any, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    visit = Visit(context.new_page(), address).open("/model")
    left, top = visit.page.evaluate(POSITION, ["confusion", "disco", "rock", ""])
    visit.page.touchscreen.tap(left, top)
    visit.page.locator("#confusion-figure .hoverlayer .hovertext").wait_for()
    assert urlsplit(visit.page.url).path == "/model"
    visit.page.touchscreen.tap(left, top)
    assert asked(visit)["true"] == "rock"
    assert visit.problems == []
    context.close()
