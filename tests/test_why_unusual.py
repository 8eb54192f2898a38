"""Where a clip stands among the tracks of a genre."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis.genre_scales import PERCENTILES, genre_scales
from pipeline.artifacts import ResultsError
from pipeline.artifacts.analysis import validate_analysis, write_analysis
from pipeline.datasets import FeatureTable
from pipeline.features.summary import FEATURE_NAMES
from pipeline.why.unusual import read_genre_scales


def table_of(X: np.ndarray, genre: list[str], features: tuple[str, ...]) -> FeatureTable:
    rows = pd.DataFrame(
        {"track_id": [f"t{k}" for k in range(len(X))], "segment": -1, "genre": genre}
    )
    return FeatureTable(
        dataset="made_up",
        representation="features_30s",
        genres=tuple(sorted(set(genre))),
        features=features,
        rows=rows,
        X=X.astype(np.float32),
        sha256="00",
    )


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Blues from 0 to 100 in every feature, rock from 100 to 200."""
    folder = tmp_path_factory.mktemp("results")
    X = np.repeat(np.arange(202)[:, None] - (np.arange(202) > 100)[:, None], 57, axis=1)
    table = table_of(X, ["blues"] * 101 + ["rock"] * 101, FEATURE_NAMES)
    write_analysis(folder, "genre_scales", genre_scales(table))
    return folder


def clip_of(**values: float) -> np.ndarray:
    """Return the statistics of one window: in the middle of blues but for some features."""
    row = np.full(57, 50.0)
    for name, value in values.items():
        row[FEATURE_NAMES.index(name)] = value
    return row[None]


def test_scales_are_the_quantiles_of_each_genre():
    X = np.random.default_rng(0).normal(size=(300, 2))
    found = genre_scales(table_of(X, ["blues"] * 200 + ["rock"] * 100, ("a", "b")))
    validate_analysis(found, "genre_scales")
    rock = found[(found["genre"] == "rock") & (found["feature"] == "b")]
    assert rock["n"].tolist() == [100] * len(PERCENTILES)
    expected = np.quantile(X[200:, 1].astype(np.float32), rock["percentile"])
    np.testing.assert_allclose(rock["value"], expected, rtol=1e-6)


def test_features_outside_the_usual_range_are_named_the_farthest_first(results: Path):
    scale = read_genre_scales(results, "made_up")[30]["blues"]
    found = scale.unusual(clip_of(tempo=95, rms_mean=2, mfcc3_var=85, rolloff_mean=500))
    assert [one["feature"] for one in found] == ["rolloff_mean", "rms_mean", "tempo"]
    assert [one["percentile"] for one in found] == [1.0, 0.02, 0.95]
    assert found[1]["value"] == 2 and scale.n == 101


def test_the_middle_of_the_windows_counts(results: Path):
    scale = read_genre_scales(results, "made_up")[30]["blues"]
    X = np.concatenate([clip_of(tempo=value) for value in (99, 99, 50, 97, 0)])
    assert scale.unusual(X) == [{"feature": "tempo", "value": 97.0, "percentile": 0.97}]


def test_another_genre_has_another_usual_range(results: Path):
    scale = read_genre_scales(results, "made_up")[30]["rock"]
    assert len(scale.unusual(clip_of())) == 57


def test_a_shared_value_is_not_unusual(tmp_path: Path):
    X = np.concatenate([np.full(80, 120.0), np.arange(121, 141)])[:, None]
    table = table_of(np.repeat(X, 57, axis=1), ["blues"] * 100, FEATURE_NAMES)
    write_analysis(tmp_path, "genre_scales", genre_scales(table))
    scale = read_genre_scales(tmp_path, "made_up")[30]["blues"]
    (percentile,) = scale.percentiles_of(np.full((1, 57), 120.0))
    assert percentile == pytest.approx(np.full(57, 0.38), abs=0.03)


def test_without_the_table_there_are_no_scales(tmp_path: Path):
    assert read_genre_scales(tmp_path, "made_up") == {}


def test_a_table_with_holes_is_refused(results: Path, tmp_path: Path):
    table = pd.read_parquet(results / "analysis" / "genre_scales.parquet")
    write_analysis(tmp_path, "genre_scales", table.iloc[1:])
    with pytest.raises(ResultsError, match=r"every percentile of every feature.*make results"):
        read_genre_scales(tmp_path, "made_up")
