"""Where the models listened: the route, its words, its picture and the part of the page."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from live_service import CLIP, Service, check_error
from multipart import CONTENT_TYPE, multipart
from tiny_models import shared_results, wav_bytes

from dashboard import theme
from dashboard.figures import listening as figures
from dashboard.pages import predict_listening as part
from dashboard.prediction.live import Live, mel_json
from dashboard.prediction.questions import LISTENING, answered
from pipeline.config import ANALYSIS
from pipeline.predict import Predictor
from pipeline.why.listening import ROWS


def network(
    hidden: float = 0.15, place: bool = True, without: float = 0.7, title: str = "CNN"
) -> dict[str, Any]:
    weight, probabilities = np.zeros((3, 8)), np.full((3, 8), 0.7)
    weight[1, 1], probabilities[1, 1] = 1, hidden
    return {
        "id": "gtzan.mel_clip.cnn", "title": title, "genre": "jazz", "start_s": 0.0, "end_s": 6.0,
        "honest_accuracy": {"value": 0.52, "ci_low": 0.42, "ci_high": 0.63, "label": "new artist",
                            "protocol": "fault_filtered"},
        "probability": 0.7, "times_s": [0.0, 2.0, 4.0, 6.0],
        "frequencies_hz": np.linspace(0, 11_025, 9).tolist(),
        "without_band": [0.7, without] + [0.7] * 6, "hidden": probabilities.tolist(),
        "weight": weight.tolist(),
        "place": {"start_s": 2.0, "end_s": 4.0, "low_hz": 60.0, "high_hz": 250.0,
                  "probability": hidden} if place else None,
    }  # fmt: skip


def answer(*networks: dict[str, Any]) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    y = rng.normal(size=6 * ANALYSIS.sr).astype(np.float32) / 10
    mel = mel_json(y, sr=ANALYSIS.sr)
    return {"duration_s": 6.0, "models": list(networks), "mel": mel, "timings_ms": {"total": 1.0}}


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    live = Live(shared_results())
    yield Service(live)
    live.close()


def test_the_place_is_told_with_what_its_hiding_costs_and_how_far_to_trust_the_network():
    said = figures.listening_sentence(answer(network()))
    assert said == (
        "CNN (0.52 [0.42, 0.63] new artist) hears jazz, mostly by 60 Hz to 250 Hz between 0:02 and "
        "0:04: with a part of that hidden its probability for that window falls from 0.70 to 0.15."
    )


@pytest.mark.parametrize(("hidden", "said"), [(0.34, "mostly by"), (0.36, "most of all by")])
def test_mostly_is_said_only_where_half_of_the_probability_goes(hidden: float, said: str):
    assert f"hears jazz, {said} 60 Hz" in figures.listening_sentence(answer(network(hidden=hidden)))
    band = answer(network(hidden=0.69, without=hidden))
    assert f"in particular, {said} 1.4 kHz" in figures.listening_sentence(band)


@pytest.mark.parametrize("one", [network(place=False), network(hidden=0.69)])
def test_a_network_that_needs_no_place_is_said_to_need_none(one: dict[str, Any]):
    assert figures.listening_sentence(answer(one)).endswith("hiding any one costs less than 0.02.")


def test_where_no_place_matters_the_band_that_does_is_told_and_drawn_from_beginning_to_end():
    whole = answer(network(hidden=0.69, without=0.3))
    assert figures.listening_sentence(whole) == (
        "CNN (0.52 [0.42, 0.63] new artist) hears jazz by no moment in particular, mostly by "
        "1.4 kHz to 2.8 kHz: with that hidden from beginning to end its probability falls from "
        "0.70 to 0.30."
    )
    _, bands = figures.listening_figure(whole, mode="light").data
    assert np.asarray(bands.z)[1].tolist() == [1, 1, 1] and np.sum(bands.z) == 3
    assert bands.customdata[1][0] == 0.3


def test_where_nothing_matters_nothing_is_drawn():
    _, cells = figures.listening_figure(answer(network(hidden=0.69)), mode="light").data
    assert not np.any(cells.z)


def test_every_panel_says_whose_it_is():
    figure = figures.listening_figure(
        answer(network(), network(without=0.1, title="Pool")), mode="light"
    )
    assert [one.text for one in figure.layout.annotations] == ["CNN: jazz", "Pool: jazz"]
    assert figures.height_px(2) > figures.height_px(1)


@pytest.mark.parametrize("mode", theme.MODES)
def test_cells_lie_over_the_picture_and_the_place_is_outlined(mode: theme.Mode):
    whole = answer(network())
    figure = figures.listening_figure(whole, mode=mode)
    picture, cells = figure.data
    assert picture.z.shape == (128, len(whole["mel"]["times_s"]))
    assert cells.z[1][1] == 1 and np.sum(cells.z) == 1
    assert list(cells.x) == [0, 2, 4, 6] and cells.y[0] == -0.5 and cells.y[-1] == 127.5
    (outline,) = figure.layout.shapes
    assert (outline.x0, outline.x1) == (2, 4) and outline.y0 < outline.y1
    assert len(figures.listening_table(whole)) == (3 + 1) * 8


def test_the_card_is_hidden_until_asked_for_and_says_what_is_missing():
    assert part.update(None, "light")[0] is True
    hidden, said, *_ = part.update(answer(), "light")
    assert not hidden and said.startswith("Not in these results") and "make results" in said
    hidden, said, _, numbers = part.update(answer(network()), "dark")
    assert not hidden and "hears jazz" in said and len(numbers["rows"]) == 32


def post(service: Service, content: bytes) -> Any:
    client = service.server.test_client()
    return client.post("/api/explain", data=multipart(content), content_type=CONTENT_TYPE)


def test_the_route_answers_without_networks_and_keeps_nothing(service: Service):
    response = post(service, CLIP)
    assert response.status_code == 200 and response.headers["Cache-Control"] == "no-store"
    found = response.get_json()
    assert found["models"] == [] and found["duration_s"] == pytest.approx(6.0)
    assert service.live.line.counts().running == 0


@pytest.mark.parametrize("offset", [0.0, 0.5])
def test_silence_was_listened_to_nowhere(service: Service, offset: float):
    content = wav_bytes(np.full(3 * ANALYSIS.sr, offset, dtype=np.float32))
    assert "silent" in check_error(post(service, content), 422, "silent")


def test_noise_is_answered_with_its_flag_and_the_sentence_begins_with_it(service: Service):
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 6 * ANALYSIS.sr).astype(np.float32)
    found = post(service, wav_bytes(noise)).get_json()
    assert [flag["code"] for flag in found["flags"]] == ["noise"]
    _, said, *_ = part.update({**answer(network()), "flags": found["flags"]}, "light")
    assert said.startswith("Do not rely on this: the clip sounds like noise, not music. CNN")


def test_what_is_no_audio_is_refused(service: Service):
    check_error(post(service, b"no audio at all" * 99), 415, "not_audio")
    assert service.live.line.counts().running == 0


def test_networks_of_the_page_are_asked_through_the_predictor(
    service: Service, monkeypatch: pytest.MonkeyPatch
):
    def listening(self: Predictor, y: np.ndarray, *, sr: int) -> Any:
        assert (len(y), sr) == (6 * ANALYSIS.sr, ANALYSIS.sr)
        return [network()]
        yield

    monkeypatch.setattr(Predictor, "listening", listening)
    assert post(service, CLIP).get_json()["models"][0]["genre"] == "jazz"


def test_served_models_of_the_repository_that_see_pictures_are_asked(repository: Path):
    """All that the committed results allow."""
    predictor = Predictor(repository / "results")
    y = np.sin(np.arange(8 * ANALYSIS.sr) / 9).astype(np.float32) / 2
    steps, n_steps = predictor.listening(y, sr=ANALYSIS.sr), 0
    while True:
        try:
            assert next(steps).step == "listening"
            n_steps += 1
        except StopIteration as finished:
            found = finished.value
            break
    asked = [one.card["id"] for one in predictor.models if one.card["representation"] in ROWS]
    assert [one["id"] for one in found] == asked and len(asked) > 1
    assert n_steps == 1 + 2 + 1 + 4 + 1  # none, two 3-s windows, the whole; four times, bands
    for one in found:
        assert one["end_s"] == pytest.approx(8.0)
        assert np.shape(one["hidden"]) == (4, 8)


def test_the_upload_is_closed(service: Service):
    upload = io.BytesIO(CLIP)
    for _ in answered(service.live, service.live.line.enter(), upload, LISTENING):
        pass
    assert upload.closed
