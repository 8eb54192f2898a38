"""Where a network listened: known answers from networks that listen to one place only."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis.band_levels import band_levels
from pipeline.artifacts.analysis import write_analysis
from pipeline.config import ANALYSIS
from pipeline.features.mel_clip import mel_clip
from pipeline.why.listening import Listener, listener
from pipeline.why.occlusion import (
    explanation,
    grid_of,
    hidden_probabilities,
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
    hidden = np.stack(list(hidden_probabilities(mel, grid, EXPECTED, predict, 0)))
    found = explanation(grid, whole, hidden)
    assert found["place"]["start_s"] == pytest.approx(12, abs=0.1)
    assert found["place"]["end_s"] == pytest.approx(18, abs=0.1)
    assert found["place"]["low_hz"] == pytest.approx(grid.edges_hz[2], abs=0.1)
    assert found["place"]["high_hz"] == pytest.approx(grid.edges_hz[3], abs=0.1)
    weight = np.array(found["weight"])
    assert weight.max() == 1 and (weight > 0).sum() == 3
    assert found["place"]["probability"] < whole == pytest.approx(found["probability"])


def test_a_network_that_listens_nowhere_has_no_place():
    grid = grid_of(6 * SR, sr=SR)
    mel = np.full((333, 128), -20.0, dtype=np.float32)

    def deaf(mel: np.ndarray) -> np.ndarray:
        return np.full((len(mel), 2), 0.5)

    hidden = np.stack(list(hidden_probabilities(mel, grid, EXPECTED, deaf, 0)))
    found = explanation(grid, 0.5, hidden)
    assert found["place"] is None and not np.any(found["weight"])


def test_what_speaks_against_the_answer_has_no_weight():
    grid = grid_of(6 * SR, sr=SR)
    hidden = np.full((3, 8), 0.4)
    hidden[1, 2], hidden[0, 0] = 0.9, 0.1
    found = explanation(grid, 0.4, hidden)
    assert found["weight"][1][2] == 0 and found["weight"][0][0] == 1
    assert found["hidden"][1][2] == 0.9


def served(predict) -> SimpleNamespace:
    card = {
        "id": "gtzan.mel_clip.cnn", "title": "CNN", "honest_accuracy": {"value": 0.5},
        "genres": ["jazz", "rock"],
        "representation": "mel_clip", "dataset": "gtzan",
    }  # fmt: skip
    return SimpleNamespace(card=card, probabilities=predict)


def answered(model: SimpleNamespace, y: np.ndarray) -> tuple[list, list]:
    silent = np.full(128, -80.0, dtype=np.float32)
    steps, seen = Listener([(model, silent)]).steps(y, sr=SR), []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as finished:
            return finished.value, seen


def test_the_window_that_speaks_most_for_the_answer_is_asked_about():
    y = np.concatenate([tone(30), tone(30, hz=5_000.0), tone(30)])
    high = hears(slice(0, 333), slice(96, 128))
    (found,), seen = answered(served(lambda mel: (1 + high(mel) * [1, -1]) / 2), y)
    assert (found["start_s"], found["end_s"]) == pytest.approx((30, 60), abs=0.05)
    assert found["times_s"][0] == pytest.approx(30, abs=0.05)
    assert found["place"]["start_s"] >= 30
    assert seen[0] == (0, 15) and seen[-1] == (15, 15)


def test_only_networks_of_whole_spectrograms_with_known_levels_are_asked(tmp_path: Path):
    network = served(hears(slice(0, 9), slice(0, 9)))
    features = SimpleNamespace(card={**network.card, "representation": "features_3s"})
    assert listener(tmp_path, [network, features]).networks == []
    table = SimpleNamespace(
        X=np.full((2, 333, 128), -40.0, dtype=np.float32),
        dataset="gtzan",
        representation="mel_clip",
    )
    table.X[1] = -20
    levels = band_levels(SimpleNamespace(tables={"mel_clip": table}))
    write_analysis(tmp_path, "band_levels", levels)
    ((model, expected),) = listener(tmp_path, [network, features]).networks
    assert model is network and expected == pytest.approx(np.full(128, -30))


def test_levels_of_other_bands_are_not_used(tmp_path: Path):
    levels = pd.DataFrame(
        {"dataset": "gtzan", "representation": "mel_clip", "band": range(64), "level_db": -40.0}
    )
    write_analysis(tmp_path, "band_levels", levels)
    assert read_band_levels(tmp_path, "gtzan", "mel_clip") is None
    assert band_levels(SimpleNamespace(tables={})).empty
