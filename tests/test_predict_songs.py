"""A served model of whole songs: each 30-s window by its segments and by its own statistics."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from tiny_models import shared_results, synthetic_clip, write_tiny_song_model

from pipeline.answer import ModelAnswer
from pipeline.artifacts import ResultsError, read_cards
from pipeline.audio import window_samples, windows
from pipeline.config import ANALYSIS
from pipeline.features.song import SONG_FEATURE_NAMES, song_features
from pipeline.features.summary import summary_statistics
from pipeline.predict import Predictor, Progress
from pipeline.served import read_served_model

SR = ANALYSIS.sr


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    folder = shutil.copytree(shared_results(), tmp_path_factory.mktemp("songs") / "results")
    write_tiny_song_model(folder)
    return folder


@pytest.fixture(scope="module")
def predictor(results: Path) -> Predictor:
    return Predictor(results)


@pytest.fixture(scope="module")
def alone(results: Path, tmp_path_factory) -> Predictor:
    """Return a service of nothing but the model of songs."""
    folder = shutil.copytree(results, tmp_path_factory.mktemp("alone") / "results")
    for path in (folder / "models").iterdir():
        if "features_song" not in path.name:
            path.unlink()
    return Predictor(folder)


def answer(predictor: Predictor, y: np.ndarray) -> ModelAnswer:
    models = predictor.predict(y, sr=SR).models
    (found,) = (model for model in models if model.card["representation"] == "features_song")
    return found


def statistics(y: np.ndarray, window_s: int) -> list[np.ndarray]:
    cut = windows(y, sr=SR, window_s=window_s)
    return [summary_statistics(window_samples(y, window, sr=SR), sr=SR) for window in cut]


def test_each_window_is_described_by_its_own_segments(predictor: Predictor, results: Path) -> None:
    y = synthetic_clip(60, duration_s=43.0)
    heard = answer(predictor, y)
    assert heard.spans_s == [(0.0, 30.0), (30.0, 43.0)]
    segments, clips = statistics(y, 3), statistics(y, 30)
    assert len(segments) == 14  # the last second is dropped
    X = np.stack(
        [
            song_features(np.stack(segments[:10]), clips[0]),
            song_features(np.stack(segments[10:]), clips[1]),
        ]
    )
    card = next(card for card in read_cards(results) if card["id"] == heard.card["id"])
    expected = read_served_model(results, card).probabilities(X)
    np.testing.assert_allclose(heard.proba, expected, atol=1e-7)
    assert np.abs(heard.proba[0] - heard.proba[1]).max() > 1e-3


@pytest.mark.parametrize("duration_s", [1.5, 3.0, 8.0])
def test_a_clip_of_one_window_works(predictor: Predictor, duration_s: float) -> None:
    y = synthetic_clip(61, duration_s=duration_s)
    heard = answer(predictor, y)
    segments, clips = statistics(y, 3), statistics(y, 30)
    assert len(clips) == 1 and len(segments) == max(1, int(duration_s // 3))
    X = song_features(np.stack(segments), clips[0])[None]
    model = next(model for model in predictor.models if model.card == heard.card)
    np.testing.assert_allclose(heard.proba, model.probabilities(X), atol=1e-7)


def test_features_are_shared_with_the_other_models(predictor: Predictor) -> None:
    seen: list[Progress] = []
    predictor.predict(synthetic_clip(62), sr=SR, on_progress=seen.append)
    assert max(p.total for p in seen if p.step == "features") == 4 + 1


def test_a_service_of_songs_only_knows_its_training_clips(alone: Predictor) -> None:
    assert alone.window_lengths == (3, 30)
    alone.warm_up()
    known = alone.predict(synthetic_clip(2), sr=SR)
    assert [flag.code for flag in known.flags] == ["in_training_data"]
    assert known.closest[0].track_id == "country.00002"
    assert len(known.models) == 1


def test_a_song_feature_that_is_not_computed_is_named(results: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(results, tmp_path / "results")
    (path,) = (folder / "models").glob("*features_song*.json")
    card = json.loads(path.read_text())
    path.write_text(json.dumps(card | {"features": ["tempo", *SONG_FEATURE_NAMES[1:]]}))
    with pytest.raises(ResultsError, match="does not compute: tempo"):
        Predictor(folder)
