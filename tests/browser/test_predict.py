"""The Predict page in a browser: clips, examples, what is refused, and that nothing stays."""

import base64
import re
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FileChooser, Route, expect
from predicting import assert_refused, upload, wait_for_answer
from steps import assert_same_numbers, downloaded_csv, table_texts, use_tool, visible_cards
from visit import Visit

from pipeline import artifacts
from pipeline.config import LIMITS, REPOSITORY

N_MODELS = len(artifacts.read_cards(REPOSITORY / "results"))


def test_clip_is_answered_with_sentence_figures_and_player(
    visit: Visit, clips: tuple[Path, Path], screenshots: Path
) -> None:
    visit.open("/predict")
    upload(visit, clips[0])
    wait_for_answer(visit, clips[0].name)
    headline = visit.page.locator(".predict-headline").text_content() or ""
    assert re.search(r"\bmodels?\b.*\b(hear|hears|disagree|divided)\b", headline)
    expect(visit.page.locator(".predict-trust")).to_contain_text(re.compile(r"\[0\.\d\d, 0\.\d\d]"))
    traces = {
        name: [trace.split(" ")[0] for trace in figure["traces"]]
        for name, figure in visit.view()["figures"].items()
    }
    assert traces["predict-probabilities-figure"] == ["bar"] * N_MODELS
    assert traces["predict-clip-figure"] == ["heatmap"] + ["bar"] * N_MODELS
    assert not visit.scrolls_sideways()
    visit.page.screenshot(path=screenshots / "predict-answer-1440-light.png", full_page=True)


def test_player_reads_the_clip_from_memory(visit: Visit, clips: tuple[Path, Path]) -> None:
    visit.open("/predict")
    upload(visit, clips[0])
    wait_for_answer(visit, clips[0].name)
    player = visit.page.locator("#predict-audio")
    assert (player.get_attribute("src") or "").startswith(f"blob:{visit.address}/")
    visit.page.wait_for_function("() => document.getElementById('predict-audio').readyState > 0")
    duration_s = player.evaluate("audio => audio.duration")
    shown = visit.page.evaluate(
        "document.querySelector('#predict-clip-figure .js-plotly-plot')._fullLayout.xaxis.range[1]"
    )
    assert duration_s == pytest.approx(shown, abs=0.2)  # an MP3 is padded to whole frames
    assert not [request for request in visit.requests if clips[0].name in request]
    sent = [request for request in visit.requests if request.endswith("/api/predict")]
    assert sent == [f"POST {visit.address}/api/predict"]
    assert "?" not in visit.page.url


def test_clip_that_is_removed_while_it_plays_is_silent(
    visit: Visit, clips: tuple[Path, Path]
) -> None:
    visit.open("/predict")
    upload(visit, clips[0])
    wait_for_answer(visit, clips[0].name)
    player = visit.page.locator("#predict-audio")
    player.evaluate("audio => { audio.muted = true; return audio.play(); }")
    visit.page.get_by_role("button", name="Remove", exact=True).click()
    expect(visit.page.locator("#predict-result")).to_be_hidden()
    assert player.evaluate("audio => [audio.paused, audio.currentTime, audio.readyState]") == [
        True, 0, 0,
    ]  # fmt: skip


def test_answer_on_a_phone_fits_and_follows_the_mode(
    new_visit: Callable[..., Visit], clips: tuple[Path, Path], screenshots: Path
) -> None:
    visit = new_visit(width_px=390).open("/predict")
    upload(visit, clips[0])
    wait_for_answer(visit, clips[0].name)
    before = visit.view()
    visit.page.screenshot(path=screenshots / "predict-answer-390-light.png", full_page=True)
    assert not visit.scrolls_sideways()
    visit.page.get_by_role("button", name="Switch between light and dark").click()
    after = visit.wait_for_change(before)
    assert after["sentences"] == before["sentences"]
    visit.page.screenshot(path=screenshots / "predict-answer-390-dark.png", full_page=True)
    assert visit.problems == []


def test_numbers_of_the_answer_as_tables_and_csv(
    visit: Visit, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    visit.open("/predict")
    upload(visit, clips[0])
    wait_for_answer(visit, clips[0].name)
    cards = visible_cards(visit)
    assert {"predict-clip", "predict-probabilities"} < set(cards)
    for card in cards:
        visit.page.locator(f"#{card}-card .card-view label").click()
        expect(visit.page.locator(f"#{card}-table table")).to_be_visible()
        rows = table_texts(visit, card)
        every_model = card in ("predict-clip", "predict-probabilities")
        assert len(rows) > (N_MODELS if every_model else 1)
        assert_same_numbers(downloaded_csv(visit, card, tmp_path), rows)
    # The choice is in the address, the clip never is.
    assert {name: set(value.split(",")) for name, value in visit.query().items()} == {
        "table": set(cards)
    }


def test_lanes_of_a_clip_become_a_scene(visit: Visit, clips: tuple[Path, Path]) -> None:
    visit.open("/predict")
    upload(visit, clips[0])
    wait_for_answer(visit, clips[0].name)
    use_tool(visit, "predict-clip", "Add to presentation")
    expect(visit.page.locator("#present-toast")).to_contain_text("Added “Along the clip”")


def test_second_clip_keeps_the_first_and_what_is_removed_is_forgotten(
    visit: Visit, clips: tuple[Path, Path]
) -> None:
    visit.open("/predict")
    upload(visit, clips[0])
    wait_for_answer(visit, clips[0].name)
    first = visit.view()
    source = visit.page.locator("#predict-audio").get_attribute("src")
    upload(visit, clips[1])
    expect(visit.page.locator("#predict-name")).to_have_text(clips[1].name)
    visit.wait_for_change(first)
    assert visit.view()["figures"] != first["figures"]
    visit.page.get_by_role("button", name=clips[0].name, exact=True).click()
    wait_for_answer(visit, clips[0].name)
    expect(visit.page.locator("#predict-audio")).to_have_attribute("src", source or "")
    assert visit.view()["figures"] == first["figures"]
    visit.page.get_by_role("button", name=f"Remove {clips[0].name}").click()
    wait_for_answer(visit, clips[1].name)
    gone = visit.page.evaluate("url => fetch(url).then(() => false, () => true)", source)
    assert gone
    visit.take_problem("ERR_FILE_NOT_FOUND")  # what was just asked for


def test_example_is_played_and_answered(visit: Visit) -> None:
    visit.open("/predict")
    button = visit.page.locator("[data-example]").first
    assert visit.page.locator("[data-example]").count() == 3
    button.click()
    name = (button.get_attribute("data-example") or "").rsplit("/", 1)[-1].split("?")[0]
    wait_for_answer(visit, name)
    expect(visit.page.locator("#predict-audio")).to_be_visible()


def test_dropped_file_is_taken(visit: Visit, clips: tuple[Path, Path]) -> None:
    visit.open("/predict")
    content = base64.b64encode(clips[0].read_bytes()).decode()
    visit.page.locator("#predict-drop").evaluate(
        """(zone, [name, content]) => {
          const transfer = new DataTransfer();
          const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
          transfer.items.add(new File([bytes], name));
          for (const kind of ["dragover", "drop"]) {
            zone.dispatchEvent(
              new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));
          }
        }""",
        [clips[0].name, content],
    )
    wait_for_answer(visit, clips[0].name)


def test_text_named_wav_is_refused(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "letter.wav"
    path.write_text("Dear listener,\n" * 500, encoding="utf-8")
    visit.open("/predict")
    upload(visit, path)
    assert_refused(visit, "WAV")  # the message lists what is accepted


def test_damaged_file_is_refused_and_the_next_clip_is_answered(
    visit: Visit, clips: tuple[Path, Path], tmp_path: Path
) -> None:
    path = tmp_path / f"damaged{clips[0].suffix}"
    path.write_bytes(clips[0].read_bytes()[:40])
    visit.open("/predict")
    upload(visit, path)
    assert_refused(visit, r"\w+")
    upload(visit, clips[0])
    wait_for_answer(visit, clips[0].name)
    expect(visit.page.locator("#predict-error")).to_be_hidden()


def test_file_over_the_limit_is_refused_before_it_is_sent(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    with path.open("wb") as file:
        file.truncate(LIMITS.max_bytes + 2**20)
    visit.open("/predict")
    upload(visit, path)
    assert_refused(visit, rf"at most {LIMITS.max_bytes // 2**20} MB")
    assert not [request for request in visit.requests if "/api/predict" in request]


def test_too_short_clip_is_refused(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "short.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 22_050, 0, "NONE", ""))
        file.writeframes(b"\x10\x20" * 11_025)
    visit.open("/predict")
    upload(visit, path)
    assert_refused(visit, rf"(at least|shorter).*{LIMITS.min_duration_s:g}|0\.5")


def test_cancel_ends_the_upload_and_the_next_clip_is_answered(
    visit: Visit, clips: tuple[Path, Path]
) -> None:
    visit.open("/predict")
    held: list[Route] = []
    visit.page.route(
        "**/api/predict", lambda route: held.append(route)
    )  # the upload never ends by itself
    upload(visit, clips[0])
    cancel = visit.page.get_by_role("button", name="Cancel")
    cancel.click()
    expect(cancel).to_be_hidden()
    expect(visit.page.locator("#predict-result")).to_be_hidden()
    expect(visit.page.locator("#predict-error")).to_be_hidden()
    expect(visit.page.locator("#predict-input")).to_be_focused()
    assert held
    visit.take_problem("request failed: .*/api/predict .*ERR_ABORTED")
    visit.page.unroute("**/api/predict")
    upload(visit, clips[1])
    wait_for_answer(visit, clips[1].name)


def test_lost_connection_is_said_and_takes_the_focus(
    visit: Visit, clips: tuple[Path, Path]
) -> None:
    visit.open("/predict")
    visit.page.route("**/api/predict", lambda route: route.abort("connectionreset"))
    upload(visit, clips[0])
    assert_refused(visit, "could not be reached")
    visit.take_problem("api/predict|ERR_CONNECTION_RESET")


def test_file_choice_is_reached_with_the_keyboard(visit: Visit) -> None:
    # Listening from the start: only then does Chromium hand the dialog over instead of opening it.
    opened: list[FileChooser] = []
    visit.page.on("filechooser", lambda chooser: opened.append(chooser))
    visit.open("/predict")
    for _ in range(20):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("document.activeElement.id") == "predict-input":
            break
    expect(visit.page.locator("#predict-input")).to_be_focused()
    outline = visit.page.locator("#predict-label").evaluate(
        "label => getComputedStyle(label).outlineStyle"
    )
    assert outline == "solid"  # the input itself is out of sight
    with visit.page.expect_file_chooser():
        visit.page.keyboard.press("Space")
    assert len(opened) == 1
