"""What our network makes of the clips that it did not learn from, as a table of its own.

The activations of the layer "embedding", the last before the genres, of whole clips or averaged
over crops, as the answers are. Its rows are the validation and test tracks of the fault-filtered
list: a network's view of its own training clips is flattered. Validation tracks chose the recipe
(and the epoch, where it keeps the best), test tracks nothing.

UMAP is left out: it needs a package of its own, and distances in it mean little, while distances
between principal components can be read.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pipeline.analysis.network_views import (
    SEEN_TABLE,
    VIEWED_PROTOCOL,
    first_network,
    viewed_unit,
)
from pipeline.artifacts import RunId
from pipeline.cache import Cache, digest, source_digest
from pipeline.datasets import Dataset, FeatureTable
from pipeline.evaluate import Unit, fitted
from pipeline.models import MODELS
from pipeline.models.dense import keras_library
from pipeline.plan import KEYED, table_digest, unit_key
from pipeline.splits import TrackGroups
from pipeline.tasks import Advance, Jobs, Task, run_tasks

NETWORK_EMBEDDING = "network_embedding"  # the representation
EMBEDDING_LAYER = "embedding"


def with_network_embedding(
    dataset: Dataset,
    groups: TrackGroups,
    run_ids: Sequence[RunId],
    *,
    seed: int,
    cache: Cache,
    jobs: Jobs,
    advance: Advance,
) -> Dataset:
    """Return the data set with the table of its served network, where that was trained.

    Parameters
    ----------
    run_ids : sequence of RunId
        Plain runs that have been trained.
    """
    run_id = embedded_run(run_ids)
    if run_id is None:
        return dataset
    unit = viewed_unit(run_id, dataset, groups, seed=seed)
    source = source_digest(("pipeline.analysis.network_embedding",), KEYED)
    key = digest(NETWORK_EMBEDDING, unit_key(unit, table_digest(unit.table)), source)
    task = Task(str(run_id), key, embedding_table, {"unit": unit})
    (table,) = run_tasks([task], cache=cache, jobs=jobs, advance=advance, kind="embedding")
    return replace(dataset, tables=dataset.tables | {NETWORK_EMBEDDING: table})


def embedded_run(run_ids: Sequence[RunId]) -> RunId | None:
    """Return the run of the network that is served on whole spectrograms; None without one."""
    for run_id in run_ids:
        specification = MODELS[run_id.model]
        served = SEEN_TABLE in specification.served and specification.technique == "deep"
        if served and (run_id.representation, run_id.protocol) == (SEEN_TABLE, VIEWED_PROTOCOL):
            return run_id
    return None


def embedding_table(*, unit: Unit) -> FeatureTable:
    """Return the activations of the held-out rows: a described table, columns "unit_000" on."""
    table, fold = unit.table, unit.fold
    held = fold.test if fold.validation is None else np.union1d(fold.validation, fold.test)
    network = embedding_network(first_network(fitted(unit)))
    X = np.asarray(network.predict(table.X[held], batch_size=64, verbose=0), dtype=np.float32)
    return replace(
        table,
        representation=NETWORK_EMBEDDING,
        features=tuple(f"unit_{number:03d}" for number in range(X.shape[1])),
        rows=table.rows.iloc[held].reset_index(drop=True),
        X=X,
    )


def embedding_network(estimator: Any) -> Any:
    """Return the Keras model from rows of a table to the embedding, averaged over crops.

    It is the model that predicts, with the trained body cut before its last layer; weights are
    shared.

    Parameters
    ----------
    estimator : SpectrogramNetwork
        Fitted.
    """
    keras = keras_library()
    body = estimator.body_
    cut = keras.Model(body.inputs, body.get_layer(EMBEDDING_LAYER).output)

    def with_cut_body(layer: Any) -> Any:
        if layer is body:
            return cut
        if isinstance(layer, keras.Model):
            return keras.models.clone_model(layer, clone_function=with_cut_body)
        return layer

    return keras.models.clone_model(estimator.network_, clone_function=with_cut_body)
