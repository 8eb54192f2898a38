"""Loading the exported models, and refusing what does not fit its card."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_models import shared_results

from pipeline.artifacts import ResultsError, read_cards
from pipeline.features.summary import FEATURE_NAMES
from pipeline.predict import Predictor
from pipeline.served import feature_columns, read_served_model

NAME = "gtzan.features_3s.lightgbm"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Return a copy that a test may damage."""
    return shutil.copytree(shared_results(), tmp_path / "results")


def rewrite_card(results: Path, **changes: Any) -> None:
    path = results / "models" / f"{NAME}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_probabilities_of_far_rows_still_sum_to_one() -> None:
    card = next(card for card in read_cards(shared_results()) if card["id"] == NAME)
    model = read_served_model(shared_results(), card)
    X = np.random.default_rng(0).normal(scale=1e6, size=(50, len(FEATURE_NAMES)))
    assert model.probabilities(X).sum(axis=1) == pytest.approx(np.ones(50), abs=1e-12)


def test_model_takes_its_columns_by_name_not_by_place() -> None:
    assert feature_columns(["tempo", "rms_mean"], "a card").tolist() == [
        FEATURE_NAMES.index("tempo"),
        FEATURE_NAMES.index("rms_mean"),
    ]


def test_no_model_names_the_command_to_run(results: Path) -> None:
    shutil.rmtree(results / "models")
    with pytest.raises(ResultsError, match=r"no exported model.*make results"):
        Predictor(results)


def test_missing_graph_is_named(results: Path) -> None:
    (results / "models" / f"{NAME}.onnx").unlink()
    with pytest.raises(ResultsError, match=rf"{NAME}\.onnx cannot be read"):
        Predictor(results)


def test_changed_graph_is_refused(results: Path) -> None:
    path = results / "models" / f"{NAME}.onnx"
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(ResultsError, match="not the file that its card describes"):
        Predictor(results)


def test_unknown_feature_is_named(results: Path) -> None:
    rewrite_card(results, features=["loudness"])
    with pytest.raises(ResultsError, match="does not compute: loudness"):
        Predictor(results)


def test_half_written_card_is_refused(results: Path) -> None:
    (results / "models" / f"{NAME}.json").write_text('{"id": "gt')
    with pytest.raises(ResultsError, match="is damaged"):
        Predictor(results)
