"""Where a model listened: known answers from models that listen to one place only."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis.band_levels import band_levels
from pipeline.artifacts.analysis import write_analysis
from pipeline.config import ANALYSIS
from pipeline.features.fused import FUSED
from pipeline.features.image_statistics import IMAGE_STATISTIC_NAMES
from pipeline.features.mel_clip import mel_clip
from pipeline.served import ServedModel
from pipeline.served_rows import REPRESENTATIONS
from pipeline.why.listening import ROWS, Listener, listener
from pipeline.why.occlusion import (
    explanation,
    grid_of,
    hidden_pictures,
    read_band_levels,
)

SR = ANALYSIS.sr
EXPECTED = np.full(128, -60.0, dtype=np.float32)


def hears(columns: slice, bands: slice):
    """Return a network whose first genre is as probable as a place is loud."""

    def predict(mel: np.ndarray) -> np.ndarray:
        level = (mel[:, columns, bands].mean(axis=(1, 2)) + 80) / 80
        return np.column_stack([level, 1 - level])

    return predict


def leaning(predict):
    """Return a network that answers the first genre in any case, the surer the louder."""
    return lambda mel: (1 + predict(mel)) / 2 - [0, 0.5]


def asked(mel: np.ndarray, grid, predict) -> np.ndarray:
    """Return the probability of the first genre with each cell hidden, and each band."""
    return np.stack([predict(pictures)[:, 0] for pictures in hidden_pictures(mel, grid, EXPECTED)])


def tone(duration_s: float, hz: float = 440.0) -> np.ndarray:
    t = np.arange(round(duration_s * SR)) / SR
    return (0.5 * np.sin(2 * np.pi * hz * t)).astype(np.float32)


def test_cells_of_a_whole_clip_are_two_seconds_wide_and_cover_everything():
    grid = grid_of(30 * SR, sr=SR)
    assert len(grid.columns) == 15 and len(grid.bands) == 8
    assert sorted(np.concatenate(grid.columns).tolist()) == list(range(333))
    assert grid.edges_s[[0, -1]] == pytest.approx([0, 30], abs=0.01)
    assert np.diff(grid.edges_s) == pytest.approx(np.full(15, 2), abs=0.1)
    assert grid.edges_hz[[0, -1]] == pytest.approx([0, 11_025])


@pytest.mark.parametrize("duration_s", [1.0, 3.0, 7.0, 12.0, 29.0])
def test_a_short_clip_is_hidden_with_its_mirror_images(duration_s: float):
    """What a cell hides is everything that the mel spectrogram took from its seconds."""
    grid = grid_of(round(duration_s * SR), sr=SR)
    assert sorted(np.concatenate(grid.columns).tolist()) == list(range(333))
    assert grid.edges_s[-1] == pytest.approx(duration_s)
    marked = tone(duration_s)
    first, last = (int(edge * SR) for edge in grid.edges_s[:2])
    marked[first:last] = tone(duration_s, hz=3_000.0)[first:last]
    mel = mel_clip(marked, sr=SR)
    high = int(np.searchsorted(np.linspace(0, 1, 129), 0.6))
    loud = mel[:, high:].max(axis=1) > -10
    hidden = np.isin(np.arange(333), grid.columns[0])
    on_edges = np.count_nonzero(np.diff(hidden))  # a column on an edge hears both
    assert np.count_nonzero(loud != hidden) <= on_edges


def test_the_place_that_a_network_listens_to_is_found():
    grid = grid_of(30 * SR, sr=SR)
    mel = np.full((333, 128), -20.0, dtype=np.float32)
    predict = hears(slice(133, 200), slice(32, 48))  # 12 to 18 s, the third of eight bands
    whole = predict(mel[None])[0, 0]
    hidden = asked(mel, grid, predict)
    found = explanation(grid, whole, hidden)
    assert found["place"]["start_s"] == pytest.approx(12, abs=0.1)
    assert found["place"]["end_s"] == pytest.approx(18, abs=0.1)
    assert found["place"]["low_hz"] == pytest.approx(grid.edges_hz[2], abs=0.1)
    assert found["place"]["high_hz"] == pytest.approx(grid.edges_hz[3], abs=0.1)
    weight = np.array(found["weight"])
    assert weight.max() == 1 and (weight > 0).sum() == 3
    assert np.argmin(found["without_band"]) == 2
    assert found["without_band"][2] < found["place"]["probability"]
    assert found["without_band"][3] == pytest.approx(whole, abs=1e-3)
    assert found["place"]["probability"] < whole == pytest.approx(found["probability"])


def test_a_network_that_listens_nowhere_has_no_place():
    grid = grid_of(6 * SR, sr=SR)
    mel = np.full((333, 128), -20.0, dtype=np.float32)

    def deaf(mel: np.ndarray) -> np.ndarray:
        return np.full((len(mel), 2), 0.5)

    hidden = asked(mel, grid, deaf)
    found = explanation(grid, 0.5, hidden)
    assert found["place"] is None and not np.any(found["weight"])


def test_what_speaks_against_the_answer_has_no_weight():
    grid = grid_of(6 * SR, sr=SR)
    hidden = np.full((4, 8), 0.4)
    hidden[1, 2], hidden[0, 0] = 0.9, 0.1
    found = explanation(grid, 0.4, hidden)
    assert found["weight"][1][2] == 0 and found["weight"][0][0] == 1
    assert found["hidden"][1][2] == 0.9


def served(predict, representation: str = "mel_clip", **card) -> ServedModel:
    """Return a served model whose graph is a function of its rows."""
    card = {
        "id": f"gtzan.{representation}.model", "title": "CNN", "honest_accuracy": {"value": 0.5},
        "genres": ["jazz", "rock"], "representation": representation, "dataset": "gtzan", **card,
    }  # fmt: skip
    graph = SimpleNamespace(run=lambda _, given: (predict(given["features"]),))
    return ServedModel(card, graph, REPRESENTATIONS[representation], None)


def answered(y: np.ndarray, *models: ServedModel) -> tuple[list, list]:
    silent = np.full(128, -80.0, dtype=np.float32)
    steps, seen = Listener([(model, silent) for model in models]).steps(y, sr=SR), []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as finished:
            return finished.value, seen


def test_the_window_that_speaks_most_for_the_answer_is_asked_about():
    y = np.concatenate([tone(30), tone(30, hz=5_000.0), tone(30)])
    high = hears(slice(0, 333), slice(96, 128))
    model = served(leaning(high))
    (found,), seen = answered(y, model)
    assert (found["start_s"], found["end_s"]) == pytest.approx((30, 60), abs=0.05)
    assert found["times_s"][0] == pytest.approx(30, abs=0.05)
    assert found["place"]["start_s"] >= 30
    assert seen[0] == (0, 19) and seen[-1] == (19, 19)  # three windows, 15 times, whole bands


def test_a_model_of_statistics_is_asked_with_those_of_the_hidden_picture():
    """It hears only how loud the highest of eight bands is, which a tone of 9 kHz fills."""
    column = IMAGE_STATISTIC_NAMES.index("spectral_band_mean_60")
    y = np.concatenate([tone(4), tone(4, hz=9_000.0), tone(4)])

    def predict(rows: np.ndarray) -> np.ndarray:
        level = np.clip((rows[:, column] + 4) / 4, 0, 1)
        return np.column_stack([level, 1 - level])

    (found,), _ = answered(y, served(leaning(predict), "image_statistics"))
    weight = np.array(found["weight"])
    assert 4 <= found["place"]["start_s"] + 0.1 and found["place"]["end_s"] <= 8.1
    assert weight[:, :6].max() < 0.2


def test_a_fused_model_keeps_its_features_of_the_sound_while_places_are_hidden():
    seen: list[np.ndarray] = []

    def predict(rows: np.ndarray) -> np.ndarray:
        seen.append(rows.copy())
        return np.tile([0.7, 0.3], (len(rows), 1))

    noise = np.random.default_rng(0).normal(0, 0.1, 12 * SR).astype(np.float32)
    (found,), _ = answered(noise, served(predict, "fused"))
    whole, hidden = seen[0], np.concatenate(seen[1:])
    assert found["place"] is None and len(hidden) == (6 + 1) * 8
    assert (hidden[:, FUSED.song] == whole[:, FUSED.song]).all() and np.any(whole[:, FUSED.song])
    assert (hidden[:, FUSED.mel] != whole[:, FUSED.mel]).any(axis=1).all()
    assert (hidden[:, FUSED.statistics] != whole[:, FUSED.statistics]).any(axis=1).all()


def test_models_are_answered_in_their_order_each_about_its_own_window():
    y = np.concatenate([tone(30), tone(30, hz=5_000.0), tone(30)])
    high, low = hears(slice(0, 333), slice(96, 128)), hears(slice(0, 333), slice(16, 32))
    models = [
        served(leaning(high), id="high"),
        served(leaning(low), id="low"),
        served(leaning(high), id="again"),
    ]
    found, seen = answered(y, *models)
    assert [one["id"] for one in found] == ["high", "low", "again"]
    assert found[0]["start_s"] == pytest.approx(30, abs=0.05)
    assert found[1]["start_s"] != found[0]["start_s"]
    assert found[0]["hidden"] == found[2]["hidden"] != found[1]["hidden"]
    assert seen[-1] == (3 + 16 + 16, 3 + 16 + 16)


def test_only_models_of_spectrograms_with_known_levels_are_asked(tmp_path: Path):
    models = [served(hears(slice(0, 9), slice(0, 9)), name) for name in (*ROWS, "features_3s")]
    assert listener(tmp_path, models).models == []
    table = SimpleNamespace(
        X=np.full((2, 333, 128), -40.0, dtype=np.float32),
        dataset="gtzan",
        representation="mel_clip",
    )
    table.X[1] = -20
    levels = band_levels(SimpleNamespace(tables={"mel_clip": table}))
    write_analysis(tmp_path, "band_levels", levels)
    found = listener(tmp_path, models).models
    assert [model for model, _ in found] == models[:3]
    assert all(expected == pytest.approx(np.full(128, -30)) for _, expected in found)


def test_levels_of_other_bands_are_not_used(tmp_path: Path):
    levels = pd.DataFrame(
        {"dataset": "gtzan", "representation": "mel_clip", "band": range(64), "level_db": -40.0}
    )
    write_analysis(tmp_path, "band_levels", levels)
    assert read_band_levels(tmp_path, "gtzan", "mel_clip") is None
    assert band_levels(SimpleNamespace(tables={})).empty
