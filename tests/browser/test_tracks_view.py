"""An opened track: beside the list, in the address, by keys; its sound where the data have it."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
import soundfile
from gunicorn_server import gunicorn_server
from playwright.sync_api import expect
from visit import Visit

from pipeline.config import DATA_VARIABLE, REPOSITORY

LIST = "/tracks?protocol=new-song&true=blues"
HEADING = "#track-heading"
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


def listed(visit: Visit) -> list[str]:
    ids: list[str] = visit.page.evaluate("genrelensTracks.listed().map(row => row.id)")
    return ids


def expect_open(visit: Visit, track: str) -> None:
    """Wait until a track is open and in the address."""
    expect(visit.page.locator(HEADING)).to_contain_text(track, timeout=30_000)
    visit.settle()
    assert visit.query().get("track") == track


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


def test_song_that_left_the_list_says_so_and_keys_go_on_from_it(visit: Visit) -> None:
    models = "gtzan.features_3s.lightgbm,gtzan.features_3s.svm_rbf"
    called = f"true=rock&predicted=country&protocol=new-artist&model={models}"
    page = visit.open(f"/tracks?{called}&track=rock.00030").page
    place = page.locator("#track-place")
    expect(place).to_have_text(f"{listed(visit).index('rock.00030') + 1} of {len(listed(visit))}")
    page.keyboard.press("2")
    expect(place).to_have_text("not in this list now")
    now = listed(visit)
    page.keyboard.press("k")
    expect_open(visit, max(track for track in now if track < "rock.00030"))
    page.keyboard.press("j")
    expect_open(visit, min(track for track in now if track > "rock.00030"))


def test_in_another_order_keys_go_on_as_the_list_stood(visit: Visit) -> None:
    page = visit.open(f"{LIST}&sort=margin").page
    before = listed(visit)
    page.keyboard.press("j")
    expect_open(visit, before[0])
    wrong = page.locator(".control-answer select")
    wrong.select_option("wrong" if "✓" in row_text(visit, before[0]) else "right")
    expect(page.locator("#track-place")).to_have_text("not in this list now")
    now = set(listed(visit))
    page.keyboard.press("j")
    expect_open(visit, next(track for track in before if track in now))


def row_text(visit: Visit, track: str) -> str:
    """Return what the first model's cell of a row says."""
    row = visit.page.locator(f".tracks-grid .ag-row[row-id='{track}'] [col-id=answer_0]")
    return row.first.text_content() or ""


def in_sight(visit: Visit, track: str) -> bool:
    """Return whether a row lies inside both the list and the window."""
    inside: bool = visit.page.evaluate(
        """id => {
          const row = document.querySelector(`#tracks-grid .ag-row[row-id="${id}"]`);
          const body = document.querySelector("#tracks-grid .ag-body-viewport");
          if (!row) return false;
          const own = row.getBoundingClientRect(), list = body.getBoundingClientRect();
          return own.top >= list.top - 1 &&
            own.bottom <= Math.min(list.bottom, window.innerHeight) + 1;
        }""",
        track,
    )
    return inside


def test_row_of_a_deep_link_is_in_sight_and_marked(visit: Visit) -> None:
    page = visit.open("/tracks?protocol=new-artist&track=rock.00001").page
    row = page.locator(".tracks-grid .ag-row[row-id='rock.00001']").first
    expect(row).to_have_attribute("aria-selected", "true")
    assert in_sight(visit, "rock.00001")


def test_list_stays_in_view_beside_a_long_song(visit: Visit) -> None:
    page = visit.open(f"{LIST}&track=blues.00002").page
    page.evaluate("document.getElementById('track-content').scrollIntoView({block: 'end'})")
    box = page.locator("#tracks-grid").bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 120
    assert 780 < box["y"] + box["height"] <= 900


def test_all_models_are_asked_for_only_when_unfolded(visit: Visit) -> None:
    page = visit.open(f"{LIST}&track=blues.00002").page
    fold = page.locator("[data-fold=track-all-models]")
    rows = fold.locator("tbody tr")
    expect(rows).to_have_count(0)
    fold.locator("summary").click()
    expect(fold).to_contain_text("Of 70 models under “new song”")
    expect(rows).to_have_count(70)
    accuracies = rows.locator("td:last-child").all_text_contents()
    assert accuracies == sorted(accuracies, key=lambda text: text.split()[0], reverse=True)
    first = fold.locator(".fold-content").text_content() or ""
    page.keyboard.press("j")
    expect_open(visit, "blues.00003")
    expect(fold.locator(".fold-content")).not_to_have_text(first)
    fold.locator("summary").click()
    visit.settle()
    visit.requests.clear()
    page.keyboard.press("j")
    expect_open(visit, "blues.00004")
    asked = [request for request in visit.requests if "/_dash-update-component" in request]
    assert len(asked) == 2  # the track and its answers


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
