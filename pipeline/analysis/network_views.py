"""Trained networks -> what the page shows of their inside: layers, first filters, where they look.

The networks are those of the plain runs on the fault-filtered list. A network that has been trained
is read from its checkpoint and not trained again.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from pipeline.analysis.architectures import architecture_rows, filter_rows
from pipeline.analysis.saliency import saliency_rows
from pipeline.artifacts import RunId
from pipeline.cache import digest, source_digest
from pipeline.datasets import Dataset
from pipeline.evaluate import Unit, fitted
from pipeline.features.fused import FUSED
from pipeline.features.image_statistics import image_statistics
from pipeline.models import MODELS
from pipeline.models.networks.architectures import ARCHITECTURES
from pipeline.plan import KEYED, make_unit, table_digest, unit_key
from pipeline.splits import PROTOCOLS, TrackGroups
from pipeline.tasks import Task

VIEWED_PROTOCOL = "fault_filtered"
SEEN_TABLE, FUSED_TABLE = "mel_clip", "fused"  # whole clips in dB: models say where they look


def network_view_tasks(
    dataset: Dataset, groups: TrackGroups, run_ids: Sequence[RunId], *, seed: int
) -> list[Task]:
    """Return the work: one network each, giving tables by kind of analysis."""
    tasks, table_keys = [], dict[str, str]()
    source = source_digest(("pipeline.analysis.network_views",), KEYED)
    for run_id in run_ids:
        if MODELS[run_id.model].technique != "deep" or run_id.protocol != VIEWED_PROTOCOL:
            continue
        unit = viewed_unit(run_id, dataset, groups, seed=seed)
        name = run_id.representation
        table_keys[name] = table_keys.get(name) or table_digest(unit.table)
        key = digest("network views", str(run_id), unit_key(unit, table_keys[name]), source)
        arguments = {"run_id": str(run_id), "unit": unit}
        tasks.append(Task(f"inside {run_id}", key, network_views, arguments))
    return tasks


def viewed_unit(run_id: RunId, dataset: Dataset, groups: TrackGroups, *, seed: int) -> Unit:
    """Return the unit of work that the plain run of a network on the fault-filtered list was."""
    protocol, table = PROTOCOLS[VIEWED_PROTOCOL], dataset.tables[run_id.representation]
    (fold,) = protocol.make_folds(table, dataset, groups, seed)
    return make_unit(MODELS[run_id.model], protocol, table, groups, fold, seed=seed)


def network_views(*, run_id: str, unit: Unit) -> dict[str, pd.DataFrame]:
    """Return rows of "architectures", "filters" and "saliency"; those that there are.

    Of a model that asks several networks the first one is drawn, and the whole model is asked where
    it looks.
    """
    model, X = fitted(unit), unit.table.X
    estimator, spectrograms = first_network(model), _spectrograms(unit)
    # what was trained: the model that predicts repeats it for every crop
    network = getattr(estimator, "body_", None) or estimator.network_
    n_columns = (X if spectrograms is None else spectrograms).shape[1]
    tables = {
        "architectures": architecture_rows(run_id, _of_one_length(network, estimator, n_columns)),
        "filters": filter_rows(run_id, network),
    }
    if spectrograms is not None:
        tables["saliency"] = saliency_rows(
            run_id,
            unit.table,
            spectrograms,
            train=unit.fold.train,
            test=unit.fold.test,
            predict_of=lambda row: partial(_answers, model, unit, row),
        )
    return {kind: table for kind, table in tables.items() if len(table)}


def first_network(model: Any) -> Any:
    """Return the first of the networks that a fused model asks, or the network itself."""
    return getattr(model, "networks_", [model])[0]


def _of_one_length(network: Any, estimator: Any, n_columns: int) -> Any:
    """Return a network that takes any number of columns as one that takes those of a row."""
    _, open_length, *bands = network.input_shape
    if open_length is not None:
        return network
    architecture = ARCHITECTURES[estimator.params["architecture"]]
    return architecture((n_columns, *bands), network.output_shape[-1], estimator.params)


def _spectrograms(unit: Unit) -> np.ndarray | None:
    """Levels of whole clips in dB, (n_rows, n_columns, n_bands), where a table has them."""
    if unit.table.representation == SEEN_TABLE:
        return unit.table.X
    return FUSED.split(unit.table.X)[0] if unit.table.representation == FUSED_TABLE else None


def _answers(model: Any, unit: Unit, row: int, mel: np.ndarray) -> np.ndarray:
    """Probabilities for a row with other spectrograms, and with their statistics.

    What is known of the song besides stays as it is.
    """
    X = mel
    if unit.table.representation == FUSED_TABLE:
        song = FUSED.split(unit.table.X[[row]])[2]
        statistics = np.stack([image_statistics(one) for one in mel])
        X = FUSED.join(mel, statistics, np.repeat(song, len(mel), axis=0))
    return np.asarray(model.predict_proba(X))
