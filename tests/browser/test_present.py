"""The Present page: cards become scenes; the list, the stage, the speaker's window."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from presentation import deck, export, give_file, open_deck, scene, titles
from visit import Visit


def add(visit: Visit, card: str) -> str:
    """Add a card to the presentation and return its sentence."""
    visit.page.locator(f"#{card}-more-button").click()
    visit.page.locator(f"#{card}-more [data-card-action=present]").click()
    return visit.page.locator(f"#{card}-sentence").inner_text()


def on_stage(page: Page) -> str:
    """Return which scene is on stage, "2 / 3"."""
    return page.locator(".stage-count").inner_text()


def test_cards_of_overview_and_model_become_scenes_that_stay(visit: Visit) -> None:
    visit.open("/")
    said = [add(visit, "fall")]
    toast = visit.page.locator("#present-toast [role=status]")
    expect(toast).to_contain_text("scene 1 of the presentation")
    link = visit.page.locator(".bar-link-present")
    expect(link).to_have_attribute("data-count", "1")
    visit.page.locator("#bar-links a", has_text="Model").click()
    visit.page.wait_for_url("**/model")
    visit.settle()
    said.append(add(visit, "genres"))
    expect(link).to_have_attribute("data-count", "2")
    visit.open("/present")
    expect(visit.page.locator(".scene")).to_have_count(2)
    assert visit.page.locator(".scene-sentence").all_inner_texts() == said
    expect(visit.page.locator(".scene-picture img[src^='data:image/png']")).to_have_count(2)
    assert "results" in visit.page.locator(".scene-source").first.inner_text()
    assert visit.page.title() == "Presentation: 2 scenes · GenreLens"
    assert visit.page.locator(".scene-source a").first.get_attribute("href") == "/#fall-card"


def test_scenes_are_ordered_titled_hidden_removed_and_brought_back(
    visit: Visit, tmp_path: Path
) -> None:
    open_deck(visit, tmp_path, deck(scene(1), scene(2), scene(3)))
    page = visit.page
    page.get_by_role("button", name="Move down: scene 1, Title 1").click()
    expect(page.locator(".scene-title").first).to_have_value("Title 2")
    expect(page.get_by_role("button", name="Move down: scene 2, Title 1")).to_be_focused()
    page.locator(".scene-title").nth(2).press("Alt+ArrowUp")
    expect(page.locator(".scene-title").nth(1)).to_be_focused()
    assert titles(page) == ["Title 2", "Title 3", "Title 1"]
    page.locator(".scene-number").nth(2).drag_to(page.locator(".scene").nth(0))
    expect(page.locator(".scene-title").first).to_have_value("Title 1")
    page.get_by_role("button", name="Remove: scene 2, Title 2").click()
    expect(page.locator("#present-live")).to_contain_text("Removed “Title 2”")
    page.get_by_role("button", name="Hide: scene 2, Title 3").click()
    page.locator(".scene-title").first.fill("Another name")
    page.locator(".scene-notes").first.fill("Slowly.")
    page.locator(".scene-notes").first.blur()
    page.get_by_role("button", name="Show: scene 2, Title 3").wait_for()
    page.wait_for_timeout(400)  # longer than a text waits for the next key
    visit.open("/present")
    expect(page.locator(".scene")).to_have_count(2)
    assert titles(page) == ["Another name", "Title 3"]
    assert page.locator(".scene-notes").first.input_value() == "Slowly."
    assert page.locator(".scene-hidden .scene-title").input_value() == "Title 3"
    page.locator("[data-present=clear]").click()
    expect(page.locator("#present-empty")).to_be_visible()
    page.locator("#present-tools [data-present=undo]").click()
    expect(page.locator(".scene")).to_have_count(2)


def test_stage_fills_the_screen_and_goes_by_keys_without_network(
    visit: Visit, tmp_path: Path
) -> None:
    open_deck(visit, tmp_path, deck(scene(1), scene(2, hidden=True), scene(3), scene(4)))
    page = visit.page
    page.context.set_offline(True)
    asked = len(visit.requests)
    page.locator("[data-present=show]").click()
    page.locator(".present-stage .main-svg").first.wait_for()
    page.wait_for_function("() => document.fullscreenElement !== null")
    assert page.locator(".stage-headline").inner_text() == (
        "Sentence 1 of 0.53 [0.47, 0.58] is short."
    )
    assert page.locator(".stage-more").inner_text() == "More of it follows."
    seen = [on_stage(page)]
    for key in ("ArrowRight", "Space", "ArrowRight", "ArrowLeft", "Home", "End", "Shift+Space"):
        page.keyboard.press(key)
        seen.append(on_stage(page).split(" /")[0])
    assert seen == ["1 / 3", "2", "3", "3", "2", "1", "3", "2"]
    assert page.locator(".stage-kicker").inner_text() == "Title 3"
    page.keyboard.press("t")
    assert page.locator(".stage-figure td").all_inner_texts() == ["1", "2", "3"]
    page.keyboard.press("Escape")
    expect(page.locator(".present-stage")).to_have_count(0)
    expect(page.locator("[data-present=show]")).to_be_focused()
    assert page.evaluate("document.fullscreenElement") is None
    assert [url for url in visit.requests[asked:] if f" {visit.address}/" in url] == []


def test_speaker_has_notes_clock_and_the_next_scene(visit: Visit, tmp_path: Path) -> None:
    open_deck(visit, tmp_path, deck(scene(1), scene(2)))
    visit.page.locator("[data-present=show]").click()
    with visit.page.expect_popup() as opened:
        visit.page.keyboard.press("s")
    speaker = opened.value
    expect(speaker.locator(".speaker-notes")).to_have_text("Say 1.")
    expect(speaker.locator(".speaker-next-title")).to_have_text("Title 2")
    assert re.fullmatch(r"\d\d:\d\d", speaker.locator(".speaker-time").inner_text())
    visit.page.keyboard.press("ArrowRight")
    expect(speaker.locator(".speaker-notes")).to_have_text("Say 2.")
    expect(speaker.locator(".speaker-next-title")).to_have_text("This is the last scene.")
    speaker.keyboard.press("ArrowLeft")  # the speaker looks at this window
    expect(visit.page.locator(".stage-count")).to_have_text("1 / 2")
    with speaker.expect_event("close"):
        visit.page.keyboard.press("Escape")


def test_time_on_stage_begins_anew_with_each_show(visit: Visit, tmp_path: Path) -> None:
    open_deck(visit, tmp_path, deck(scene(1)))
    page = visit.page
    page.clock.install()
    page.locator("[data-present=show]").click()
    page.clock.fast_forward("02:05")  # the notes are opened late
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    expect(opened.value.locator(".speaker-time")).to_have_text(re.compile("^02:"))
    page.keyboard.press("Escape")
    page.locator("[data-present=show]").click()
    with page.expect_popup() as again:
        page.keyboard.press("s")
    expect(again.value.locator(".speaker-time")).to_have_text(re.compile("^00:"))


def test_click_on_a_mark_stays_on_the_stage(visit: Visit, tmp_path: Path) -> None:
    leads = {"leads": "/tracks?data=gtzan"}
    bars = {"type": "bar", "x": [1], "y": [1], "meta": leads}
    open_deck(visit, tmp_path, deck(scene(1, figure={"data": [bars], "layout": {"meta": leads}})))
    visit.page.locator("[data-present=show]").click()
    bar = visit.page.locator(".present-stage .bars path")
    bar.wait_for()
    visit.page.locator(".present-stage .nsewdrag").first.click()
    visit.page.locator(".present-stage .hoverlayer .hovertext").first.wait_for()
    visit.page.locator(".present-stage .nsewdrag").first.click()
    assert visit.page.url == f"{visit.address}/present"
    assert visit.page.evaluate(
        "document.querySelector('.present-stage .js-plotly-plot').data[0].meta === undefined"
    )


def test_stage_and_list_follow_the_colour_mode(
    new_visit: Callable[..., Visit], tmp_path: Path
) -> None:
    visit = new_visit()
    visit.open("/clusters")
    add(visit, "composition")
    visit.page.locator("#mode-switch").click()
    visit.open("/present")
    visit.page.locator("[data-present=show]").click()
    visit.page.locator(".present-stage[data-bs-theme=dark] .main-svg").first.wait_for()
    background = visit.page.locator(".stage-figure .main-svg").first.evaluate(
        "svg => svg.style.background"
    )
    assert background == "rgb(20, 24, 29)"  # theme.SURFACE["dark"]; it was added in light
    assert visit.problems == []


def test_phone_shows_list_and_stage_within_its_width(
    new_visit: Callable[..., Visit], tmp_path: Path
) -> None:
    visit = new_visit(width_px=390)
    open_deck(visit, tmp_path, deck(*map(scene, (1, 2))))
    assert not visit.scrolls_sideways()
    visit.page.locator("[data-present=show]").click()
    plot = visit.page.locator(".present-stage .main-svg").first
    plot.wait_for()
    box = plot.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["height"] >= 250
    expect(visit.page.locator(".stage-controls button").last).to_be_in_viewport()
    assert visit.problems == []


def test_page_without_scenes_says_how_to_begin(visit: Visit) -> None:
    visit.open("/present")
    empty = visit.page.locator("#present-empty")
    expect(empty).to_contain_text("Add to presentation")
    expect(visit.page.locator("#present-tools")).to_be_hidden()
    assert visit.page.title() == "Presentation · GenreLens"


def test_file_holds_everything_and_opens_again(
    visit: Visit, new_visit: Callable[..., Visit], tmp_path: Path
) -> None:
    open_deck(visit, tmp_path, deck(scene(1), scene(2, hidden=True, results="abc")))
    saved = export(visit.page, "save", tmp_path)
    assert saved.name == "genrelens-a-talk.json"
    other = new_visit()
    other.open("/present")
    give_file(other.page, tmp_path, saved.read_text())
    expect(other.page.locator(".scene")).to_have_count(2)
    again = export(other.page, "save", tmp_path / "again")
    assert again.read_text() == saved.read_text()
    assert other.problems == []


def test_file_that_does_not_fit_is_refused_and_nothing_is_lost(
    visit: Visit, tmp_path: Path
) -> None:
    open_deck(visit, tmp_path, deck(scene(1)))
    odd = {"type": "scattermap", "lat": [1], "lon": [1]}
    refused = {
        "no JSON file": "not { json",
        "no presentation of GenreLens": {"scenes": []},
        "is of version 9": deck(version=9),
        "at most 60": deck(*[scene(1)] * 61),
        "an address of this app": deck(scene(1, address="//other.example/x")),
        "unknown kind": deck(scene(1, figure={"data": [odd], "layout": {}})),
        "no figure with data": deck(scene(1, figure=None)),
        "must be text": deck(scene(1, notes=["a"])),
        "at most 200 fit": deck(scene(1, title="x" * 201)),
    }
    for reason, content in refused.items():
        give_file(visit.page, tmp_path, content)
        expect(visit.page.locator("#present-error")).to_contain_text(reason)
    assert titles(visit.page) == ["Title 1"]


def test_addresses_that_lead_to_another_host_are_refused(visit: Visit) -> None:
    visit.open("/present")
    read = """content => {
      try { return genrelensPresent.deck.read(content).scenes[0].address; }
      catch (error) { return error.message; }
    }"""
    for way in ("/\t/", "/\n/", "\t//", "/\r/", "/\\", "//", "/x\\", "https://", "javascript:"):
        foreign = f"{way}other.example/#x-card"
        said = visit.page.evaluate(read, deck(scene(1, address=foreign)))
        assert "must be an address of this app" in said, foreign
    for local in ("", "/", "/model?model=a,b&unit=track#genres-card", "/clusters?x=%C3%A9"):
        assert visit.page.evaluate(read, deck(scene(1, address=local))) == local


def test_scenes_of_one_id_are_two_scenes(visit: Visit, tmp_path: Path) -> None:
    open_deck(visit, tmp_path, deck(scene(1), scene(2, id="made-1")))
    visit.page.get_by_role("button", name="Remove: scene 1, Title 1").click()
    expect(visit.page.locator(".scene")).to_have_count(1)
    assert titles(visit.page) == ["Title 2"]


def test_file_cannot_make_the_page_ask_another_host(visit: Visit, tmp_path: Path) -> None:
    foreign = {
        "source": "https://other.example/x.png", "xref": "paper", "yref": "paper",
        "x": 0, "y": 1, "sizex": 1, "sizey": 1,
    }  # fmt: skip
    figure = {"data": [{"y": [1, 2]}], "layout": {"images": [foreign], "map": {"style": "x"}}}
    marked = '<img src="https://other.example/y.png" onerror="window.hurt = 1">'
    open_deck(visit, tmp_path, deck(scene(1, figure=figure, title=marked, sentence=marked)))
    expect(visit.page.locator(".scene-picture img[src^='data:']")).to_have_count(1)
    visit.page.locator("[data-present=show]").click()
    visit.page.locator(".present-stage .main-svg").first.wait_for()
    assert visit.page.locator(".stage-kicker").inner_text() == marked
    assert visit.page.evaluate("window.hurt") is None
