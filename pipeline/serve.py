"""Train the served models on all tracks and write ``models/<served id>.onnx`` with its card."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import artifacts
from pipeline.artifacts import RunId
from pipeline.cache import digest, source_digest, versions
from pipeline.calibration import (
    INNER_FOLDS,
    fitted_temperature,
    is_pool,
    track_probabilities,
)
from pipeline.conversion import NotConvertibleError
from pipeline.datasets import Dataset, FeatureTable
from pipeline.evaluate import Unit, fitted
from pipeline.export import ExportError, exported, validate_export
from pipeline.metrics import expected_calibration_error
from pipeline.models import MODELS, ModelSpec
from pipeline.plan import KEYED, make_unit, table_digest, unit_key
from pipeline.served_rows import REPRESENTATIONS
from pipeline.splits import PROTOCOLS, Fold, TrackGroups
from pipeline.tasks import Task
from pipeline.train import Run

CHOSEN_BY = "artist_3fold"  # the protocol whose chosen model is served too
CONVERTERS = ("onnx", "skl2onnx", "onnxmltools", "tf2onnx")
TOLERANCE, TOLERANCE_OF_NETWORKS = 1e-4, 1e-5  # of probabilities, against the estimator's


@dataclass(frozen=True)
class Export:
    """A model as it is shipped, or why it cannot be.

    Attributes
    ----------
    content : bytes
        ONNX; empty where ``problem`` is not.
    parity_error : float
        Largest difference of probabilities from the estimator's.
    problem : str
    """

    content: bytes
    parity_error: float
    problem: str = ""


def served_runs(runs: Sequence[Run], chosen: dict[str, dict[str, Any]]) -> dict[str, list[Run]]:
    """Return the plain runs of every model to ship, by served id.

    These are the models declared as served, and the one that artist-grouped validation chose.
    """
    best = chosen.get(CHOSEN_BY, {}).get("id")
    best_id = RunId.parse(best).served_id if best else ""
    by_model: dict[str, list[Run]] = {}
    for run in runs:
        run_id = run.run_id
        declared = run_id.representation in MODELS[run_id.model].served
        shippable = run_id.representation in REPRESENTATIONS
        if run_id.variant is None and shippable and (declared or run_id.served_id == best_id):
            by_model.setdefault(run_id.served_id, []).append(run)
    return by_model


def export_task(runs: list[Run], dataset: Dataset, groups: TrackGroups, *, seed: int) -> Task:
    """Return the work of fitting one model on everything and exporting it."""
    run_id = runs[0].run_id
    table = dataset.tables[run_id.representation]
    everything = Fold(0, np.arange(len(table.rows)), np.array([], dtype=int))
    specification, protocol = MODELS[run_id.model], PROTOCOLS["track_kfold"]
    unit = make_unit(specification, protocol, table, groups, everything, seed=seed)
    temperature = _calibration(runs)["temperature"]
    source = source_digest(("pipeline.serve", "pipeline.export"), KEYED | {"pipeline.train"})
    return Task(
        label=run_id.served_id,
        key=digest(
            ["export", unit_key(unit, table_digest(table)), temperature],
            [source, versions(CONVERTERS)],
        ),
        function=export,
        arguments={"unit": unit, "temperature": temperature},
    )


def export(*, unit: Unit, temperature: float) -> Export:
    """Fit, export and check one model; what cannot be exported says why."""
    estimator = fitted(unit)
    X = unit.table.X
    try:
        model = exported(
            estimator,
            shape=X.shape[1:],
            n_genres=len(unit.table.genres),
            temperature=temperature,
        )
        content = model.SerializeToString()
        error = validate_export(
            content,
            estimator,
            X,
            temperature=temperature,
            tolerance=tolerance_of(MODELS[unit.model]),
        )
    except (ExportError, NotConvertibleError) as problem:
        return Export(b"", 0.0, str(problem))
    return Export(content, error)


def tolerance_of(model: ModelSpec) -> float:
    """Return how far a graph's probabilities may lie from the estimator's.

    A fused model has networks in it, but the logarithms of its pool widen their rounding.
    """
    alone = model.technique == "deep" and model.family != "fused"
    return TOLERANCE_OF_NETWORKS if alone else TOLERANCE


def write_served_model(
    folder: Path, runs: list[Run], made: Export, scores: pd.DataFrame, dataset: Dataset
) -> dict[str, Any]:
    """Write one exported model and its card; return the card.

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
        If the model could not be exported.
    """
    run_id = runs[0].run_id
    if made.problem:
        raise ExportError(f"{run_id.served_id}: {made.problem}")
    table = dataset.tables[run_id.representation]
    specification = MODELS[run_id.model]
    card = {
        "id": run_id.served_id,
        "model": run_id.model,
        "title": specification.title,
        "family": specification.family,
        "dataset": run_id.dataset,
        "representation": run_id.representation,
        "window_s": REPRESENTATIONS[run_id.representation].window_s,
        "features": list(table.features),
        "genres": list(table.genres),
        **_calibration(runs),
        "parity_error": made.parity_error,
        **_training_facts(table),
        "onnx_sha256": hashlib.sha256(made.content).hexdigest(),
        "size_bytes": len(made.content),
        "evaluated_by": [str(run.run_id) for run in runs],
        "honest_accuracy": _honest_accuracy(runs, scores),
    }
    path = folder / "models" / f"{run_id.served_id}.onnx"
    artifacts.write_atomic(path, lambda temporary: temporary.write_bytes(made.content))
    artifacts.write_json(path.with_suffix(".json"), card)
    return card


def _calibration(runs: list[Run]) -> dict[str, Any]:
    """Temperature from unheard tracks, and the calibration error it leaves on others."""
    by_protocol = {run.run_id.protocol: run for run in runs}
    set_apart = by_protocol.get("fault_filtered")
    if set_apart is not None:
        run, part = set_apart, "validation"
    else:
        run, part = by_protocol.get("track_kfold", runs[0]), "test"
    temperature = fitted_temperature(run.predictions, part=part)
    if is_pool(run.run_id.model):
        temperature, part = 1.0, INNER_FOLDS
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
