"""Trained networks -> what the page shows of their inside: layers, first filters, where they look.

The networks are those of the plain runs on the fault-filtered list. A network that has been trained
is read from its checkpoint and not trained again.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from pipeline.analysis.architectures import architecture_rows, filter_rows
from pipeline.analysis.saliency import saliency_rows
from pipeline.artifacts import RunId
from pipeline.cache import digest, source_digest
from pipeline.datasets import Dataset
from pipeline.evaluate import Unit, fitted
from pipeline.models import MODELS
from pipeline.models.networks.architectures import ARCHITECTURES
from pipeline.plan import KEYED, make_unit, table_digest, unit_key
from pipeline.splits import PROTOCOLS, TrackGroups
from pipeline.tasks import Task

VIEWED_PROTOCOL = "fault_filtered"
SEEN_TABLE = "mel_clip"  # its networks are asked where they look: it shows the whole clip in dB


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
    """Return rows of "architectures", "filters" and "saliency"; those that there are."""
    estimator = fitted(unit)
    # what was trained: the model that predicts repeats it for every crop
    network = getattr(estimator, "body_", None) or estimator.network_
    tables = {
        "architectures": architecture_rows(run_id, _of_one_length(network, estimator, unit)),
        "filters": filter_rows(run_id, network),
    }
    if unit.table.representation == SEEN_TABLE:
        tables["saliency"] = saliency_rows(
            run_id,
            unit.table,
            unit.table.X,
            train=unit.fold.train,
            test=unit.fold.test,
            predict=lambda mel: np.asarray(estimator.predict_proba(mel)),
        )
    return {kind: table for kind, table in tables.items() if len(table)}


def _of_one_length(network: Any, estimator: Any, unit: Unit) -> Any:
    """Return a network that takes any number of columns as one that takes those of a clip."""
    _, n_columns, *bands = network.input_shape
    if n_columns is not None:
        return network
    architecture = ARCHITECTURES[estimator.params["architecture"]]
    n_genres = network.output_shape[-1]
    return architecture((unit.table.X.shape[1], *bands), n_genres, estimator.params)
