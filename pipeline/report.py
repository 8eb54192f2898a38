"""Runs -> the files under ``results/``, written aside and moved in when all are there.

``results.json`` and ``run.json`` move last: a reader that saw neither change still has the old
files' names, and the web page reloads when ``run.json`` changes.
"""

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import artifacts, metrics
from pipeline.artifacts import RunId
from pipeline.datasets import Dataset, FeatureTable
from pipeline.embedding import principal_components
from pipeline.evaluate import genre_numbers
from pipeline.models import MODELS, ModelSpec
from pipeline.pictures import write_confusion_picture
from pipeline.scoring import cluster_score_table, score_table, scored_rows, units_of
from pipeline.splits import PROTOCOLS, TrackGroups
from pipeline.train import Run

REPRESENTATIONS = {
    "features_3s": ("57 statistics of 3-s segments", "3-s features", "segment"),
    "features_30s": ("57 statistics of whole clips", "30-s features", "track"),
}
WRITTEN_FOLDERS = ("predictions", "confusion", "embeddings", "clusters", "history", "models")
LAST = ("scores.parquet", "results.json", "run.json")


def resampled_unit(run_id: RunId, groups: TrackGroups) -> pd.Series:
    """Return, by track, the number of the independent unit of a run's protocol."""
    return groups.table[PROTOCOLS[run_id.protocol].independent_unit]


def run_scores(run: Run, groups: TrackGroups) -> pd.DataFrame:
    """Return every score of a supervised run."""
    return score_table(
        run.predictions,
        run_id=str(run.run_id),
        group_of_track=resampled_unit(run.run_id, groups),
    )


def write_run(folder: Path, run: Run, groups: TrackGroups) -> None:
    """Write predictions, confusion counts and picture, and history of one supervised run."""
    name = str(run.run_id)
    artifacts.write_table(artifacts.predictions_path(folder, name), run.predictions)
    genres = artifacts.genres_of(run.predictions)
    unit_of_track = resampled_unit(run.run_id, groups)
    for unit in units_of(run.predictions):
        scored = scored_rows(run.predictions, unit, unit_of_track)
        counts = metrics.confusion_counts(scored.y_true, scored.y_pred, len(genres))
        table = pd.DataFrame(counts, columns=genres)
        table.insert(0, "true", genres)
        artifacts.write_table(artifacts.confusion_path(folder, name, unit), table)
        if unit == units_of(run.predictions)[0]:
            if unit == "track":  # a row is a whole clip: the same table under both names
                artifacts.write_table(artifacts.confusion_path(folder, name), table)
            picture = artifacts.confusion_path(folder, name).with_suffix(".png")
            write_confusion_picture(picture, counts, genres, title=_picture_title(run, unit))
    if run.history is not None:
        history = run.history[artifacts.HISTORY_COLUMNS]
        artifacts.write_table(folder / "history" / f"{name}.csv", history)


def write_embedding(folder: Path, table: FeatureTable) -> None:
    """Write PCA coordinates and the projection of one representation."""
    embedding, projection = principal_components(table)
    path = artifacts.embedding_path(folder, table.dataset, table.representation)
    artifacts.write_table(path, embedding)
    artifacts.write_json(path.with_suffix(".json"), projection)


def supervised_entry(
    run: Run, scores: pd.DataFrame, dataset: Dataset, card: dict[str, Any] | None, *, seed: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the metadata and results objects of a supervised run."""
    run_id = run.run_id
    specification = MODELS[run_id.model]
    own = scores[scores["id"] == str(run_id)]
    published = (specification.published or {}).get(run_id.representation)
    if published is not None and published.protocol != run_id.protocol:
        published = None
    metadata = _metadata(run_id, specification, dataset, seed=seed) | {
        metric: _by_unit(own, metric)
        for metric in ("accuracy", "macro_f1", "top2", "log_loss", "ece")
    }
    metadata |= {
        "n_training_tracks": run.n_training_tracks,
        "train_s": round(run.train_s, 3),
        "predict_ms": round(run.predict_ms, 4),
        "size_bytes": card["size_bytes"] if card else run.size_bytes,
        "served": card is not None,
        "published": vars(published)
        if published and run_id.protocol == published.protocol
        else None,
        "permitted_leaks": run.permitted_leaks,
    }
    if metadata["size_bytes"] is None:
        metadata["missing"]["size_bytes"] = "a network is measured as ONNX, and is not served"
    unit = units_of(run.predictions)[0]
    per_genre = own[(own["unit"] == unit) & (own["genre"] != "")]
    support = run.predictions.query("part == 'test'")["y_true"].value_counts()
    result: dict[str, Any] = {}
    for metric, key in (("precision", "precision"), ("recall", "recall"), ("f1", "f1-score")):
        rows = per_genre[per_genre["metric"] == metric]
        result[key] = dict(zip(rows["genre"], rows["value"], strict=True))
    result["support"] = {
        genre: int(support.get(genre, 0)) for genre in artifacts.genres_of(run.predictions)
    }
    return metadata, result


def cluster_entry(
    run_id: RunId, cluster: np.ndarray, dataset: Dataset, groups: TrackGroups, *, seed: int
) -> tuple[dict[str, Any], dict[str, Any], pd.DataFrame]:
    """Return the metadata and results objects and the scores of an unsupervised run."""
    table = dataset.tables[run_id.representation]
    scores = cluster_score_table(
        table.rows,
        cluster,
        run_id=str(run_id),
        group_of_track=resampled_unit(run_id, groups),
    )
    reason = "clusters carry no genre names and no probabilities"
    fields = ("accuracy", "macro_f1", "top2", "log_loss", "ece", "size_bytes")
    metadata = _metadata(run_id, MODELS[run_id.model], dataset, seed=seed) | {
        **dict.fromkeys(fields),
        "n_training_tracks": int(table.rows["track_id"].nunique()),
        "train_s": None,
        "predict_ms": None,
        "served": False,
        "published": None,
        "permitted_leaks": {},
        "missing": {field: reason for field in (*fields, "train_s", "predict_ms")},
    }
    counts = np.zeros((cluster.max() + 1, len(table.genres)), dtype=int)
    np.add.at(counts, (cluster, genre_numbers(table)), 1)
    value = scores.set_index("metric")["value"]
    result = {
        "clusters": {
            str(number): dict(zip(table.genres, row.tolist(), strict=True))
            for number, row in enumerate(counts)
        },
        **{metric: float(value[metric]) for metric in ("ari", "nmi", "purity")},
    }
    return metadata, result, scores


def declarations(dataset: Dataset) -> dict[str, Any]:
    """Return what the page needs to name data sets, representations and protocols."""
    some = next(iter(dataset.tables.values()))
    n_tracks = max(table.rows["track_id"].nunique() for table in dataset.tables.values())
    return {
        "datasets": {
            dataset.name: {
                "title": dataset.title,
                "synthetic": dataset.synthetic,
                "source": dataset.source,
                "genres": list(some.genres),
                "n_tracks": int(n_tracks),
            }
        },
        "representations": {
            name: {
                "title": REPRESENTATIONS[name][0],
                "short": REPRESENTATIONS[name][1],
                "unit_title": REPRESENTATIONS[name][2],
                "n_features": len(table.features),
                "n_samples": len(table.rows),
            }
            for name, table in dataset.tables.items()
        },
        "protocols": {
            protocol.name: {
                "label": protocol.label,
                "slug": protocol.slug,
                "title": protocol.title,
                "explanation": protocol.explanation,
                "held_out": protocol.held_out,
                "permits": sorted(protocol.permits),
                "independent_unit": protocol.independent_unit,
                "order": protocol.order,
                "supervised": protocol.supervised,
            }
            for protocol in PROTOCOLS.values()
        },
    }


def publish(staging: Path, results: Path) -> None:
    """Move finished files from ``staging`` into ``results`` and drop those that are gone."""
    results.mkdir(parents=True, exist_ok=True)
    fresh = sorted(path.relative_to(staging) for path in staging.rglob("*") if path.is_file())
    for path in sorted(fresh, key=lambda path: LAST.index(path.name) if path.name in LAST else -1):
        (results / path).parent.mkdir(parents=True, exist_ok=True)
        os.replace(staging / path, results / path)
    for name in WRITTEN_FOLDERS:
        for path in (results / name).rglob("*"):
            if path.is_file() and path.relative_to(results) not in fresh:
                path.unlink()
    shutil.rmtree(staging)


def _metadata(
    run_id: RunId, specification: ModelSpec, dataset: Dataset, *, seed: int
) -> dict[str, Any]:
    table = dataset.tables[run_id.representation]
    return {
        "id": str(run_id),
        "model": run_id.model,
        "title": specification.title,
        "family": specification.family,
        "technique": specification.technique,
        "dataset": run_id.dataset,
        "representation": run_id.representation,
        "protocol": run_id.protocol,
        "variant": run_id.variant,
        "n_tracks": int(table.rows["track_id"].nunique()),
        "n_samples": len(table.rows),
        "n_features": len(table.features),
        "params": specification.params,
        "seed": seed,
        "missing": {},
    }


def _by_unit(scores: pd.DataFrame, metric: str) -> dict[str, dict[str, float]]:
    rows = scores[scores["metric"] == metric]
    return {
        row["unit"]: {key: float(row[key]) for key in ("value", "ci_low", "ci_high")}
        for row in rows.to_dict("records")
    }


def _picture_title(run: Run, unit: str) -> str:
    run_id = run.run_id
    label = PROTOCOLS[run_id.protocol].label
    return f"{MODELS[run_id.model].title}, {run_id.representation}\n{label}: {unit}s"
