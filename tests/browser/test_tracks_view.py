"""An opened track: beside the list, in the address, by keys; its sound where the data have it."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
import soundfile
from gunicorn_server import gunicorn_server
from opened_track import HEADING, LIST, expect_open, listed
from playwright.sync_api import expect
from visit import Visit

from pipeline.config import DATA_VARIABLE, REPOSITORY

SOUND_S, SR = 4, 22_050


@pytest.fixture(scope="module")
def heard(one_thread: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server whose data folder holds the sound of one song, which is made here."""
    data = tmp_path_factory.mktemp("sound")
    folder = data / "genres_original" / "blues"
    folder.mkdir(parents=True)
    times_s = np.arange(SOUND_S * SR) / SR
    soundfile.write(folder / "blues.00002.wav", 0.3 * np.sin(2 * np.pi * 440 * times_s), SR)
    (folder / "blues.00003.wav").write_bytes(b"no sound at all")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATA_VARIABLE, str(data))
        with gunicorn_server(REPOSITORY / "results") as server:
            yield server.address


def test_row_opens_its_track_and_reload_keeps_it(visit: Visit) -> None:
    visit.open(LIST)
    expect(visit.page.locator("#track-panel")).to_be_hidden()
    track = listed(visit)[1]
    row = visit.page.locator(f".tracks-grid .ag-row[row-id='{track}']")
    row.locator("[col-id=true]").first.click()
    expect_open(visit, track)
    expect(visit.page.locator("#track-place")).to_have_text("2 of 100")
    expect(visit.page.locator("#track-answers-sentence")).to_contain_text("Under “new song”")
    expect(visit.page.locator("#track-answers-figure .main-svg").first).to_be_visible()
    expect(row.first).to_have_attribute("aria-selected", "true")
    left, right = (
        visit.page.locator(place).bounding_box() for place in (".tracks-list", "#track-panel")
    )
    assert left is not None and right is not None
    assert left["x"] + left["width"] <= right["x"]
    assert not visit.scrolls_sideways()
    before = visit.view()
    visit.page.reload()
    visit.settle()
    visit.wait_for_view(before)


def test_keys_go_through_the_list_and_change_the_first_model(visit: Visit) -> None:
    visit.open(LIST)
    tracks, page = listed(visit), visit.page
    page.keyboard.press("j")
    expect_open(visit, tracks[0])
    page.keyboard.press("j")
    expect_open(visit, tracks[1])
    page.keyboard.press("k")
    expect_open(visit, tracks[0])
    buttons = page.locator("[data-lead-model]")
    models = buttons.evaluate_all("all => all.map(button => button.dataset.leadModel)")
    before = visit.view()
    page.keyboard.press("2")
    visit.wait_for_change(before)
    assert visit.query()["lead"] == models[1]
    assert buttons.evaluate_all("all => all.map(button => button.dataset.leadModel)") == models
    pressed = buttons.evaluate_all("all => all.map(button => button.ariaPressed)")
    assert pressed == ["false", "true", "false"]
    page.keyboard.press("1")
    expect(buttons.first).to_have_attribute("aria-pressed", "true")
    visit.settle()
    assert "lead" not in visit.query()
    page.keyboard.press("Escape")
    expect(page.locator("#track-panel")).to_be_hidden()
    assert "track" not in visit.query()


def test_help_lists_the_keys_and_switches_them_off(visit: Visit) -> None:
    page = visit.open(LIST).page
    page.keyboard.press("?")
    dialog = page.locator("#track-keys")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("next song of the list")
    page.get_by_role("button", name="Switch the keys off").click()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("j")
    page.wait_for_timeout(300)  # what must not happen has no sign to wait for
    expect(page.locator("#track-panel")).to_be_hidden()
    page.get_by_role("button", name="Keys", exact=True).click()
    page.get_by_role("button", name="Switch the keys on").click()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect_open(visit, listed(visit)[0])


def test_keys_do_nothing_while_something_is_chosen_or_elsewhere(visit: Visit) -> None:
    page = visit.open(LIST).page
    page.locator(".control-flag select").focus()
    page.keyboard.press("j")
    page.wait_for_timeout(300)
    expect(page.locator("#track-panel")).to_be_hidden()
    visit.open("/")
    page.keyboard.press("?")
    expect(page.locator("#track-keys")).to_have_count(0)


def test_nearest_song_opens_in_its_place(visit: Visit) -> None:
    visit.open(f"{LIST}&track=blues.00002")
    link = visit.page.locator(".nearest a").first
    track = link.text_content() or ""
    link.click()
    expect_open(visit, track)
    assert visit.page.locator(f"{HEADING}:focus").count() == 1


def test_phone_shows_the_track_at_full_width_before_the_list(
    new_visit: Callable[..., Visit],
) -> None:
    visit = new_visit(width_px=390, mode="dark").open(f"{LIST}&track=blues.00002")
    panel = visit.page.locator("#track-panel").bounding_box()
    grid = visit.page.locator(".tracks-list").bounding_box()
    assert panel is not None and grid is not None
    assert panel["y"] < grid["y"]
    assert panel["width"] == grid["width"]
    assert not visit.scrolls_sideways()
    assert visit.problems == []


def test_track_without_sound_says_how_to_get_it(visit: Visit) -> None:
    visit.open("/tracks?data=fma&track=000002")
    said = visit.page.locator("#track-sound")
    expect(said.locator("code")).to_have_text("python -m pipeline ingest --download fma-small")
    expect(said).not_to_contain_text("`")
    expect(visit.page.locator("#track-place")).to_have_text("1 of 9,355")
    expect(visit.page.locator("audio")).to_have_count(0)


def test_space_plays_and_pauses_the_sound(new_visit: Callable[..., Visit], heard: str) -> None:
    visit = new_visit(server=heard)
    page = visit.open(f"{LIST}&track=blues.00002").page
    page.wait_for_function(f"() => document.getElementById('track-audio').duration >= {SOUND_S}")
    expect(page.locator(".mel-picture img")).to_have_js_property("complete", True)
    assert page.locator(".mel-picture img").evaluate("image => image.naturalWidth") > 100
    page.locator(HEADING).focus()
    page.keyboard.press(" ")
    page.wait_for_function("() => document.getElementById('track-audio').currentTime > 0.1")
    page.keyboard.press(" ")
    page.wait_for_function("() => document.getElementById('track-audio').paused")
    expect(page.locator(".playhead")).to_be_visible()
    assert visit.problems == []


def test_sound_that_cannot_be_played_is_no_error_of_the_page(
    new_visit: Callable[..., Visit], heard: str
) -> None:
    visit = new_visit(server=heard)
    page = visit.open(f"{LIST}&track=blues.00003").page
    page.wait_for_function("() => document.getElementById('track-audio').error !== null")
    visit.take_problem("status 404: .*/api/spectrogram/gtzan/blues.00003")
    visit.take_problem("Failed to load resource")
    page.locator(HEADING).focus()
    page.keyboard.press(" ")
    page.wait_for_timeout(300)  # what must not happen has no sign to wait for
    assert visit.problems == []


def test_enter_opens_a_track_once(visit: Visit) -> None:
    page = visit.open(LIST).page
    page.evaluate("""() => {
      window.opened = [];
      const set = window.dash_clientside.set_props;
      window.dash_clientside.set_props = (id, props) => {
        if (id.name === "track") window.opened.push(props.value);
        set(id, props);
      };
    }""")
    for place, column in enumerate(("track", "true")):
        track = listed(visit)[place]
        cell = page.locator(f".tracks-grid .ag-row[row-id='{track}'] [col-id={column}]")
        cell.first.focus()
        page.keyboard.press("Enter")
        expect_open(visit, track)
    assert page.evaluate("window.opened") == listed(visit)[:2]


def test_escape_closes_an_open_menu_before_the_track(visit: Visit) -> None:
    page = visit.open(f"{LIST}&track=blues.00002").page
    more = page.locator("#track-answers-card .more-button")
    more.focus()
    page.keyboard.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(more).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#track-panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#track-panel")).to_be_hidden()
