"""Ranges over seeds."""

import numpy as np
import pandas as pd
import pytest

from pipeline.analysis.seeds import seed_ranges
from pipeline.artifacts.analysis import ANALYSES, validate_analysis


def rows(model: str, accuracies: list[float], *, unit: str = "segment", published=np.nan):
    return pd.DataFrame(
        {
            "dataset": "gtzan",
            "representation": "features_3s",
            "model": model,
            "title": model.title(),
            "protocol": "segment_random",
            "unit": unit,
            "accuracy": accuracies,
            "published": published,
        }
    )


def test_mean_spread_and_range_by_hand():
    table = seed_ranges(rows("forest", [0.86, 0.88, 0.90], published=0.87))
    validate_analysis(table, "seed_ranges")
    row = table.iloc[0]
    assert row[["n_seeds", "low", "high", "published"]].tolist() == [3, 0.86, 0.90, 0.87]
    assert (row["mean"], row["sd"]) == (pytest.approx(0.88), pytest.approx(0.02))


def test_models_and_units_are_kept_apart():
    table = seed_ranges(
        pd.concat(
            [
                rows("forest", [0.8, 0.9]),
                rows("forest", [0.9, 0.95], unit="track"),
                rows("svm", [0.7, 0.7, 0.7]),
            ]
        )
    )
    assert table["n_seeds"].tolist() == [2, 2, 3]
    assert table["sd"].iloc[2] == pytest.approx(0)
    assert table["published"].isna().all()


def test_one_seed_has_no_spread():
    row = seed_ranges(rows("forest", [0.8])).iloc[0]
    assert np.isnan(row["sd"]) and row["low"] == row["high"] == 0.8


def test_no_runs_give_an_empty_table():
    table = seed_ranges(pd.DataFrame())
    assert table.empty and list(table.columns) == list(ANALYSES["seed_ranges"].columns)
