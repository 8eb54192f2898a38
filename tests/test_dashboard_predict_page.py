"""The Predict page: its figures, its words and its layout."""

import json
from collections.abc import Generator
from typing import Any

import numpy as np
import pytest
from PIL import ImageColor
from real_answer import real_answer
from tiny_models import GENRES, SERVED, shared_results

from dashboard import theme
from dashboard.app import create_app
from dashboard.components import answer as texts
from dashboard.figures import predict as figures
from dashboard.figures import predict_lanes as lanes
from dashboard.pages import predict as page
from dashboard.pages import predict_intake
from dashboard.prediction.live import ServiceError
from dashboard.prediction.uploads import _lines
from dashboard.theme import MODES
from pipeline import artifacts
from pipeline.audio import ACCEPTED_FORMATS, AUDIO_SUFFIXES
from pipeline.predict import Progress


@pytest.fixture(scope="module")
def answer() -> dict[str, Any]:
    return real_answer()


def heard(*genres: str) -> dict[str, Any]:
    """Return an answer in which one model hears each of these genres."""
    return {"models": [model(f"Model {k}", genre) for k, genre in enumerate(genres)]}


def model(title: str, *genres: str, accuracy: float | None = 0.5) -> dict[str, Any]:
    """Return a model that hears these genres in turn, with probability 0.8."""
    windows = [
        {
            "start_s": 3.0 * k,
            "end_s": 3.0 * k + 3,
            "probabilities": {"pop": 0.1, "rock": 0.1, g: 0.8},
        }
        for k, g in enumerate(genres)
    ]
    honest = {
        "value": accuracy,
        "ci_low": 0.4,
        "ci_high": 0.6,
        "label": "new song",
        "unit": "track",
    }
    return {
        "title": title, "window_s": 3, "genre": genres[0], "windows": windows,
        "probabilities": windows[0]["probabilities"], "honest_accuracy": honest,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("genres", "expected"),
    [
        (["pop"], "The model hears pop."),
        (["pop", "pop", "pop"], "All three models hear pop."),
        (["pop", "rock", "pop"], "Two of three models hear pop, one hears rock."),
        (
            ["pop", "rock", "pop", "rock", "pop", "jazz"],
            "Three of six models hear pop, two hear rock and one hears jazz.",
        ),
        (["pop", "rock"], "The two models disagree: pop and rock."),
        (["pop", "rock", "jazz"], "The three models disagree: pop, rock and jazz."),
        (
            ["pop", "pop", "rock", "rock", "jazz"],
            "Five models are divided: two hear pop, two hear rock and one hears jazz.",
        ),
    ],
)
def test_headline_counts_the_models(genres: list[str], expected: str) -> None:
    assert texts.headline(heard(*genres)) == expected


def test_trust_sentence_is_about_the_best_known_model() -> None:
    models = [
        model("A", "pop", accuracy=0.4),
        model("B", "rock", accuracy=0.7),
        model("C", "jazz", accuracy=None),
    ]
    sentence = texts.trust_sentence({"models": models})
    assert sentence.startswith("B, 3-s windows, the one with the highest score")
    assert "hears rock (0.80)" in sentence
    assert "0.70 [0.40, 0.60] of the tracks in the test “new song”" in sentence
    assert texts.trust_sentence({"models": models[2:]}) == ""


def test_closest_sentence_is_empty_without_tracks() -> None:
    track = {"track_id": "pop.00001", "genre": "pop", "distance": 1.26}
    assert texts.closest_sentence({"closest": [track]}).endswith("pop.00001 (pop, distance 1.3).")
    assert texts.closest_sentence({"closest": []}) == ""


@pytest.mark.parametrize(
    ("genres", "expected"),
    [
        (("pop",), "one window"),
        (("pop", "pop"), "one genre all along"),
        (("pop", "rock", "pop"), "hears two genres along the clip and changes twice"),
    ],
)
def test_clip_sentence_tells_how_steady_the_models_are(
    genres: tuple[str, ...], expected: str
) -> None:
    assert expected in texts.clip_sentence({"models": [model("A", *genres)]})


def test_probabilities_sentence_names_surest_and_least_sure(answer: dict[str, Any]) -> None:
    best = {m["title"]: max(m["probabilities"].values()) for m in answer["models"]}
    sentence = texts.probabilities_sentence(answer)
    surest, least = sentence.split(";")[:2]
    assert max(best, key=best.__getitem__) in surest
    assert min(best, key=best.__getitem__) in least


def test_tables_hold_every_number_of_the_answer(answer: dict[str, Any]) -> None:
    probabilities = texts.probabilities_table(answer)
    assert len(probabilities) == len(SERVED) * len(GENRES)
    sums = probabilities.groupby("model")["probability"].sum()
    assert sums.to_numpy() == pytest.approx(np.ones(len(SERVED)), abs=1e-5)
    windows = texts.windows_table(answer)
    assert len(windows) == sum(len(m["windows"]) for m in answer["models"])
    assert windows[GENRES].sum(axis=1).to_numpy() == pytest.approx(np.ones(len(windows)), abs=1e-5)
    assert (windows[GENRES].idxmax(axis=1) == windows["genre"]).all()


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("mode", MODES)
def test_panels_have_one_axis_one_order_and_the_answers_numbers(
    answer: dict[str, Any], mode: theme.Mode, narrow: bool
) -> None:
    figure = figures.probabilities_figure(answer, mode=mode, narrow=narrow)
    assert len(figure.data) == len(SERVED)
    for trace, entry in zip(figure.data, answer["models"], strict=True):
        assert list(trace.y) == GENRES
        assert list(trace.x) == list(entry["probabilities"].values())
        assert list(trace.marker.color) == list(theme.genre_colours(GENRES, mode).values())
    ranges = {tuple(axis.range) for axis in figure.select_xaxes()}
    assert ranges == {(0, 1.12)}
    titles = " ".join(note.text for note in figure.layout.annotations)
    for title, _family, _representation, value in SERVED.values():
        assert title in titles
        assert f"{value:.2f} [{value - 0.05:.2f}, {value + 0.05:.2f}] new artist" in titles


@pytest.mark.parametrize("narrow", [False, True])
def test_lanes_share_the_time_axis_of_the_spectrogram(answer: dict[str, Any], narrow: bool) -> None:
    figure = lanes.clip_figure(answer, mode="light", narrow=narrow)
    spectrogram, *bars = figure.data
    assert spectrogram.z.shape == tuple(answer["mel"]["shape"])
    assert figure.layout.xaxis.matches == "x2"
    assert list(figure.layout.xaxis2.range) == [0, answer["duration_s"]]
    for lane, entry in zip(bars, answer["models"], strict=True):
        assert list(lane.base) == [window["start_s"] for window in entry["windows"]]


def test_lane_strength_follows_the_probability() -> None:
    entry = model("A", "pop", "pop")
    entry["windows"][1]["probabilities"] = {"pop": 0.4, "rock": 0.3, "jazz": 0.3}
    answer = {"models": [entry], "duration_s": 6.0}
    colours = lanes.clip_figure(answer, mode="light", narrow=False).data[0].marker.color
    strength = [float(colour.removesuffix(")").rsplit(",", 1)[1]) for colour in colours]
    assert strength[0] > strength[1] > 0


def channels(colour: str) -> np.ndarray:
    return np.array(ImageColor.getrgb(colour))


def luminance(channels: np.ndarray) -> float:
    """Return the relative luminance of sRGB channels 0..255 (WCAG 2.2)."""
    share = channels / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize("mode", MODES)
def test_genre_names_stand_out_from_their_lane(mode: theme.Mode) -> None:
    colours = {shown: theme.genre_colours(GENRES, shown) for shown in MODES}
    for genre, colour in colours[mode].items():
        for opacity in np.linspace(0.15, 1, 12):
            ground = opacity * channels(colour) + (1 - opacity) * channels(theme.SURFACE[mode])
            text = channels(lanes._text_colour(colours, genre, opacity, mode))
            levels = sorted([luminance(ground), luminance(text)])
            assert (levels[1] + 0.05) / (levels[0] + 0.05) >= 4.5


def test_short_runs_are_abbreviated_and_tiny_ones_left_bare() -> None:
    windows = [("classical", 0, 3), ("pop", 3, 3.1), ("classical", 3.1, 30)]
    entry = model("A", *[genre for genre, _start, _end in windows])
    for window, (_genre, start, end) in zip(entry["windows"], windows, strict=True):
        window |= {"start_s": start, "end_s": end}
    figure = lanes.clip_figure({"models": [entry], "duration_s": 30}, mode="light", narrow=True)
    assert [note.text for note in figure.layout.annotations[1:]] == ["cla", "classical"]


def test_update_without_an_answer_hides_the_result() -> None:
    hidden, summary, *cards = page.update_result(None, "light", narrow=False)
    assert (hidden, summary, len(cards)) == (True, [], 3 * len(page.DRAWN))


def test_update_with_an_answer_fills_all_cards(answer: dict[str, Any]) -> None:
    hidden, summary, *cards = page.update_result(answer, "dark", narrow=True)
    assert hidden is False
    assert texts.headline(answer) in str(summary)
    assert "432 ms" in str(summary)
    assert len(cards) == 3 * len(page.DRAWN)
    assert cards[1].layout.paper_bgcolor is None  # from the template of the mode
    assert cards[1].layout.template == theme.template("dark")


def test_flags_are_notes_in_the_summary(answer: dict[str, Any]) -> None:
    flag = {"code": "silent", "message": "Silence: nothing to hear."}
    assert "Silence: nothing to hear." in str(page.update_summary({**answer, "flags": [flag]}))


def test_page_states_formats_limits_and_privacy() -> None:
    app = create_app(shared_results())
    with app.server.test_request_context("/predict"):
        text = str(page.layout())
    assert all(name in text for name in ACCEPTED_FORMATS)
    for words in (
        "25 MB",
        "10 minutes",
        "not kept",
        "never in the link",
        "20 files",
        "predict-input",
    ):
        assert words in text
    assert text.count("data-example") == 3


def test_busy_line_says_where_one_stood_and_when_to_come_back() -> None:
    def steps() -> Generator[Progress, None, dict[str, Any]]:
        yield Progress("queued", 0, 2)
        raise ServiceError("busy", "Come back later.", retry_after_s=7)

    place, error = (json.loads(line) for line in _lines(steps()))
    assert place == {"step": "queued", "done": 0, "total": 2}
    assert (error["status"], error["retry_after_s"]) == (503, 7)


def test_window_text_ranks_every_genre() -> None:
    window = {"probabilities": {"pop": 0.2, "rock": 0.75, "jazz": 0.05}}
    assert lanes.window_text(window) == "<b>rock 0.75</b><br>pop 0.20<br>jazz 0.05"


def test_plot_area_is_as_wide_as_the_playhead_believes(answer: dict[str, Any]) -> None:
    figure = lanes.clip_figure(answer, mode="light", narrow=False)
    margin = figure.layout.margin
    believed = lanes.CLIP_MARGIN_PX
    assert (margin.l, margin.r) == (believed["left"], believed["right"])
    assert (margin.t, margin.b) == (believed["top"], believed["bottom"])
    assert not any(axis.automargin for axis in figure.select_xaxes())  # else it may give way
    with create_app(shared_results()).server.test_request_context("/predict"):
        text = str(page.layout())
    assert f"'--plot-left': '{believed['left']}px'" in text


def test_table_of_clips_knows_models_and_the_colours_of_their_genres() -> None:
    cards = artifacts.read_cards(shared_results())
    section = predict_intake.clips_table(cards)
    frame = section.children[-1]
    columns = json.loads(getattr(frame, "data-models"))
    assert [column["id"] for column in columns] == [card["id"] for card in cards]
    colours = json.loads(getattr(frame, "data-genres"))
    light, dark = (theme.genre_colours(GENRES, mode) for mode in MODES)
    assert colours == {genre: [light[genre], dark[genre]] for genre in GENRES}


def test_the_file_dialog_offers_every_kind_of_audio_file() -> None:
    app = create_app(shared_results())
    with app.server.test_request_context("/predict"):
        text = str(page.layout())
    assert ",".join(AUDIO_SUFFIXES) in text
