"""Train the served models on all tracks and write ``models/<served id>.onnx`` with its card."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import artifacts
from pipeline.artifacts import RunId
from pipeline.calibration import fitted_temperature, track_probabilities
from pipeline.datasets import Dataset, FeatureTable
from pipeline.evaluate import fitted, genre_numbers
from pipeline.export import exported, validate_export
from pipeline.metrics import expected_calibration_error
from pipeline.models import MODELS
from pipeline.splits import PROTOCOLS, Fold, TrackGroups
from pipeline.train import Run

WINDOW_S = {"features_3s": 3, "features_30s": 30}
TOLERANCE = {"deep": 1e-5, "supervised": 1e-4}


def write_served_model(
    folder: Path,
    runs: list[Run],
    scores: pd.DataFrame,
    dataset: Dataset,
    groups: TrackGroups,
    *,
    seed: int,
) -> dict[str, Any]:
    """Fit, calibrate, export and check one model; return its card.

    Parameters
    ----------
    folder : Path
        The results folder being written.
    runs : list of Run
        The runs of this model on this representation, under every protocol.
    scores : DataFrame
        ``SCORE_COLUMNS`` of those runs.

    Raises
    ------
    ExportError
        If the exported model differs from the estimator or is too large.
    """
    run_id = runs[0].run_id
    table = dataset.tables[run_id.representation]
    specification = MODELS[run_id.model]
    everything = Fold(0, np.arange(len(table.rows)), np.array([], dtype=int))
    estimator = fitted(
        run_id.model, "track_kfold", table, groups, everything, y=genre_numbers(table), seed=seed
    )
    calibration = _calibration(runs)
    temperature = calibration["temperature"]
    model = exported(
        estimator,
        n_features=table.X.shape[1],
        n_genres=len(table.genres),
        temperature=temperature,
    )
    content = model.SerializeToString()
    error = validate_export(
        content,
        estimator,
        table.X,
        temperature=temperature,
        tolerance=TOLERANCE[specification.technique],
    )
    card = {
        "id": run_id.served_id,
        "model": run_id.model,
        "title": specification.title,
        "family": specification.family,
        "dataset": run_id.dataset,
        "representation": run_id.representation,
        "window_s": WINDOW_S[run_id.representation],
        "features": list(table.features),
        "genres": list(table.genres),
        **calibration,
        "parity_error": error,
        **_training_facts(table),
        "onnx_sha256": hashlib.sha256(content).hexdigest(),
        "size_bytes": len(content),
        "evaluated_by": [str(run.run_id) for run in runs],
        "honest_accuracy": _honest_accuracy(runs, scores),
    }
    path = folder / "models" / f"{run_id.served_id}.onnx"
    artifacts.write_atomic(path, lambda temporary: temporary.write_bytes(content))
    artifacts.write_json(path.with_suffix(".json"), card)
    return card


def _calibration(runs: list[Run]) -> dict[str, Any]:
    """Temperature from unheard tracks, and the calibration error it leaves on others."""
    by_protocol = {run.run_id.protocol: run for run in runs}
    set_apart = by_protocol.get("fault_filtered")
    if set_apart is not None:
        run, part = set_apart, "validation"
    else:
        run, part = by_protocol["track_kfold"], "test"
    temperature = fitted_temperature(run.predictions, part=part)
    before = track_probabilities(run.predictions, part="test")
    after = track_probabilities(run.predictions, part="test", temperature=temperature)
    return {
        "temperature": temperature,
        "temperature_fitted_on": {"id": str(run.run_id), "part": part, "unit": "track"},
        "test_ece": {
            "id": str(run.run_id),
            "uncalibrated": expected_calibration_error(*before),
            "calibrated": expected_calibration_error(*after),
            "independent_of_fit": part != "test",
        },
    }


def _training_facts(table: FeatureTable) -> dict[str, Any]:
    return {
        "n_tracks": int(table.rows["track_id"].nunique()),
        "n_samples": len(table.rows),
        "training_sha256": table.sha256,
    }


def _honest_accuracy(runs: list[Run], scores: pd.DataFrame) -> dict[str, Any]:
    """Track accuracy under the strictest protocol there is."""
    run_id: RunId = max((run.run_id for run in runs), key=lambda id_: PROTOCOLS[id_.protocol].order)
    protocol = PROTOCOLS[run_id.protocol]
    score = scores[
        (scores["id"] == str(run_id))
        & (scores["unit"] == "track")
        & (scores["metric"] == "accuracy")
    ].iloc[0]
    return {
        "protocol": protocol.name,
        "label": protocol.label,
        "unit": "track",
        **{key: float(score[key]) for key in ("value", "ci_low", "ci_high")},
    }
