"""Served models of spectrograms and of everything at once, from training to a visitor's clip."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tiny_models import GENRES, shared_results, synthetic_clip, write_exported

from pipeline.answer import ModelAnswer
from pipeline.artifacts import ResultsError
from pipeline.audio import window_samples, windows
from pipeline.calibration import tempered
from pipeline.config import ANALYSIS
from pipeline.export import exported
from pipeline.features.fused import FUSED
from pipeline.features.image_statistics import IMAGE_STATISTIC_NAMES, image_statistics
from pipeline.features.mel_clip import mel_clip
from pipeline.features.song import song_features
from pipeline.features.summary import FEATURE_NAMES, summary_statistics
from pipeline.models.fused import LogPool, blocks_of_rows
from pipeline.models.networks.network import SpectrogramNetwork
from pipeline.models.spectrogram import COMPACT, STATISTICS
from pipeline.predict import Predictor, Progress
from pipeline.served import ServedModel

SR = ANALYSIS.sr
TEMPERATURE = 1.4
SMALL_NETWORK: dict[str, Any] = {
    "architecture": "conv_blocks", "blocks": [[4], [8]], "kernel": 3, "pool": 3,
    "batch_norm": True, "hidden": [16], "activation": "relu", "dropout": 0.2,
    "normalise": "bands", "pool_bands": 4, "crop": 96, "n_crops": 3, "max_epochs": 2,
}  # fmt: skip
SMALL_POOL: dict[str, Any] = {
    "members": ["network", "discriminant"],
    "network": COMPACT | {"filters": [4, 8], "summary": 8, "max_epochs": 1, "keep": "last"},
    "discriminant": STATISTICS,
    "n_folds": 2,
    "pull": 0.02,
}
TOLERANCE = {"mel_clip": 1e-5, "image_statistics": 1e-4, "fused": 1e-4}


def offline_row(y: np.ndarray, representation: str) -> np.ndarray:
    """Return the row that a table would have for a window of 30 s."""
    mel = mel_clip(y, sr=SR)
    if representation == "mel_clip":
        return mel
    if representation == "image_statistics":
        return image_statistics(mel)
    segments = [
        summary_statistics(window_samples(y, window, sr=SR), sr=SR)
        for window in windows(y, sr=SR, window_s=3)
    ]
    song = song_features(np.stack(segments), summary_statistics(y, sr=SR))
    return FUSED.join(mel[None], image_statistics(mel)[None], song[None])[0]


@pytest.fixture(scope="module")
def estimators() -> dict[str, Any]:
    """Return a model of each representation, trained on short synthetic clips."""
    clips = [synthetic_clip(100 + number, duration_s=10.0) for number in range(20)]
    y = np.arange(20) % len(GENRES)
    rows = {name: np.stack([offline_row(clip, name) for clip in clips]) for name in TOLERANCE}
    network = SpectrogramNetwork(seed=0, params=SMALL_NETWORK)
    mel = rows["mel_clip"]
    logistic = LogisticRegression(max_iter=500)
    return {
        "mel_clip": network.fit(mel, y, validation=(mel[:10], y[:10])),
        "image_statistics": make_pipeline(StandardScaler(), PCA(5), logistic).fit(
            rows["image_statistics"], y
        ),
        "fused": LogPool(seed=0, params=SMALL_POOL, blocks=blocks_of_rows).fit(
            rows["fused"], y, groups=np.arange(20)
        ),
    }


@pytest.fixture(scope="module")
def results(estimators, tmp_path_factory) -> Path:
    """Return a folder with these three models and no others."""
    folder = shutil.copytree(shared_results(), tmp_path_factory.mktemp("seen") / "results")
    for path in (folder / "models").iterdir():
        path.unlink()
    shapes = {
        "mel_clip": (FUSED.n_columns, FUSED.n_bands),
        "image_statistics": (FUSED.n_statistics,),
        "fused": (FUSED.width,),
    }
    for representation, estimator in estimators.items():
        model = exported(
            estimator,
            shape=shapes[representation],
            n_genres=len(GENRES),
            temperature=TEMPERATURE,
        )
        names = IMAGE_STATISTIC_NAMES if representation == "image_statistics" else ()
        write_exported(folder, representation, model.SerializeToString(), features=list(names))
    return folder


@pytest.fixture(scope="module")
def predictor(results: Path) -> Predictor:
    return Predictor(results)


def answers(predictor: Predictor, y: np.ndarray) -> dict[str, ModelAnswer]:
    models = predictor.predict(y, sr=SR).models
    return {model.card["representation"]: model for model in models}


@pytest.mark.parametrize("representation", TOLERANCE)
def test_a_window_gets_the_answer_of_the_trained_model(predictor, estimators, representation):
    y = synthetic_clip(1, duration_s=43.0)
    heard = answers(predictor, y)[representation]
    assert heard.spans_s == [(0.0, 30.0), (30.0, 43.0)]
    X = np.stack([offline_row(part, representation) for part in (y[: 30 * SR], y[30 * SR :])])
    expected = tempered(estimators[representation].predict_proba(X), TEMPERATURE)
    np.testing.assert_allclose(heard.proba, expected, atol=TOLERANCE[representation])
    assert np.abs(heard.proba[0] - heard.proba[1]).max() > 10 * TOLERANCE[representation]


@pytest.mark.parametrize("duration_s", [1.0, 2.5, 10.0])
def test_short_clips_are_mirrored_and_said_to_be(predictor, estimators, duration_s):
    y = synthetic_clip(2, duration_s=duration_s)
    prediction = predictor.predict(y, sr=SR)
    assert [len(model.spans_s) for model in prediction.models] == [1, 1, 1]
    (lesser,) = [flag for flag in prediction.flags if flag.spoils == "nothing"]
    assert lesser.code == ("short" if duration_s < 3 else "mirrored")
    assert "mirrored" in lesser.message
    heard = answers(predictor, y)["mel_clip"].proba
    expected = estimators["mel_clip"].predict_proba(mel_clip(y, sr=SR)[None])
    np.testing.assert_allclose(heard, tempered(expected, TEMPERATURE), atol=1e-5)


def test_a_clip_of_30_s_needs_no_mirror(predictor):
    flags = predictor.predict(synthetic_clip(3, duration_s=29.95), sr=SR).flags
    assert not {"short", "mirrored"} & {flag.code for flag in flags}


def test_spectrograms_are_computed_once_and_counted_with_their_windows(predictor, monkeypatch):
    lengths = []

    def counted(y: np.ndarray, *, sr: int) -> np.ndarray:
        lengths.append(len(y))
        return mel_clip(y, sr=sr)

    monkeypatch.setattr("pipeline.served_rows.mel_clip", counted)
    seen: list[Progress] = []
    predictor.predict(synthetic_clip(4, duration_s=33.0), sr=SR, on_progress=seen.append)
    assert lengths == [30 * SR]  # for three models; the last 3 s are no window
    steps = [(p.done, p.total) for p in seen if p.step == "features"]
    assert steps == [(done, 12) for done in range(13)]
    assert [p.done for p in seen if p.step == "models"] == [0, 1, 2, 3]


def test_a_clip_is_found_among_the_training_data_by_its_statistics(predictor):
    known = predictor.predict(synthetic_clip(2), sr=SR)
    assert known.closest[0].track_id == "country.00002"
    assert "in_training_data" in [flag.code for flag in known.flags]


def test_without_whole_clips_pieces_tell_how_familiar_a_clip_is(results, tmp_path):
    folder = shutil.copytree(results, tmp_path / "results")
    for path in (folder / "embeddings").glob("*.features_30s.*"):
        path.unlink()
    for path in (folder / "models").iterdir():
        if "mel_clip" not in path.name:
            path.unlink()
    alone = Predictor(folder)
    alone.warm_up()
    assert alone.window_lengths == (3, 30)
    assert alone.predict(synthetic_clip(2), sr=SR).closest[0].track_id == "country.00002"


def test_silence_gets_a_finite_answer_and_its_flag(predictor):
    prediction = predictor.predict(np.zeros(31 * SR, dtype=np.float32), sr=SR)
    assert [flag.code for flag in prediction.flags] == ["silent"]
    assert all(np.isfinite(model.proba).all() for model in prediction.models)


def test_ten_minutes_are_twenty_windows_seen_one_at_a_time(predictor, monkeypatch):
    """A network on twenty spectrograms at once would need 100 MB for its layers."""
    monkeypatch.setattr(  # the real ones take seconds, and are not looked at
        "pipeline.served_rows.summary_statistics",
        lambda y, *, sr: np.full(len(FEATURE_NAMES), y.std(), dtype=np.float64),
    )
    given = []
    original = ServedModel.probabilities

    def watched(self: ServedModel, X: np.ndarray) -> np.ndarray:
        given.append((self.card["representation"], len(X)))
        return original(self, X)

    monkeypatch.setattr(ServedModel, "probabilities", watched)
    y = np.tile(synthetic_clip(5, duration_s=30.0), 20)
    heard = answers(predictor, y)
    assert all(len(model.spans_s) == len(model.proba) == 20 for model in heard.values())
    assert [n for name, n in given if name == "image_statistics"] == [20]
    for name in ("mel_clip", "fused"):
        assert [n for own, n in given if own == name] == [1] * 20
        np.testing.assert_allclose(heard[name].proba, heard[name].proba[[0] * 20], atol=1e-6)


def test_a_graph_of_another_shape_is_refused(results, tmp_path):
    folder = shutil.copytree(results, tmp_path / "results")
    (path,) = (folder / "models").glob("*.mel_clip.*.json")
    card = json.loads(path.read_text())
    path.write_text(json.dumps(card | {"representation": "fused"}))
    with pytest.raises(ResultsError, match=r"takes rows of the shape \(333, 128\); fused has"):
        Predictor(folder)


def test_a_representation_that_is_not_computed_from_audio_is_refused(results, tmp_path):
    folder = shutil.copytree(results, tmp_path / "results")
    (path,) = (folder / "models").glob("*.mel_clip.*.json")
    card = json.loads(path.read_text())
    path.write_text(json.dumps(card | {"representation": "echonest"}))
    with pytest.raises(ResultsError, match="'echonest', which this program does not compute"):
        Predictor(folder)
