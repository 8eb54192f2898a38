"""Runs -> files of a results folder, and their objects in ``results.json``."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import artifacts
from pipeline.analysis.network_embedding import NETWORK_EMBEDDING
from pipeline.artifacts import RunId
from pipeline.assess import Assessment, resampled_unit
from pipeline.datasets import Dataset, FeatureTable
from pipeline.embedding import principal_components
from pipeline.evaluate import genre_numbers
from pipeline.models import MODELS, ModelSpec
from pipeline.scoring import cluster_score_table, units_of
from pipeline.splits import PROTOCOLS, TrackGroups
from pipeline.train import Run
from pipeline.variants import seed_of

REPRESENTATIONS = {
    "features_3s": ("57 statistics of 3-s segments", "3-s features", "segment"),
    "features_30s": ("57 statistics of whole clips", "30-s features", "track"),
    "features_song": (
        "Mean, spread, minimum and maximum of a song's segments, and its whole clip",
        "song features",
        "track",
    ),
    "images_kaggle": ("Mel spectrograms as pictures of 288 x 432 pixels", "pictures", "track"),
    "hog_9": ("Gradients of the picture in cells of 9 x 9 pixels", "HOG 9 x 9", "track"),
    "hog_12": ("Gradients of the picture in cells of 12 x 12 pixels", "HOG 12 x 12", "track"),
    "mel_clip": (
        "Mel spectrograms of whole clips, 128 bands every 90 ms",
        "mel spectrograms",
        "track",
    ),
    "image_statistics": ("Statistics of the mel spectrogram", "spectrogram statistics", "track"),
    "mel_3s": ("Mel spectrograms of the first 3 s, 128 bands every 23 ms", "mel of 3 s", "track"),
    "mfcc_sequence": (
        "20 cepstral coefficients every 23 ms of the first 3 s",
        "MFCC of 3 s",
        "track",
    ),
    "mfcc_pieces": ("20 cepstral coefficients in pieces of 0.95 s", "MFCC pieces", "piece"),
    "fused": (
        "Mel spectrogram, its statistics, and the song's features",
        "spectrograms and features",
        "track",
    ),
    "echonest": ("8 Echonest audio features", "Echonest features", "track"),
    NETWORK_EMBEDDING: (
        "Last layer before the genres of our network, for the validation and test clips that it "
        "did not learn from",
        "network embedding",
        "track",
    ),
}


def write_run(folder: Path, run: Run, assessment: Assessment) -> None:
    """Write predictions, confusion counts and picture, and history of one supervised run."""
    name = str(run.run_id)
    artifacts.write_table(artifacts.predictions_path(folder, name), run.predictions)
    for unit, table in assessment.confusions.items():
        artifacts.write_table(artifacts.confusion_path(folder, name, unit), table)
        if unit == next(iter(assessment.confusions)):
            # where a row is a whole clip: the same table under both names
            artifacts.write_table(artifacts.confusion_path(folder, name), table)
    if assessment.picture is not None:
        path, content = artifacts.confusion_path(folder, name), assessment.picture
        artifacts.write_atomic(
            path.with_suffix(".png"), lambda temporary: temporary.write_bytes(content)
        )
    if run.history is not None and run.run_id.variant is None:
        history = _with_chosen_epoch(run.history)[artifacts.HISTORY_COLUMNS]
        artifacts.write_table(folder / "history" / f"{name}.csv", history)


def _with_chosen_epoch(history: pd.DataFrame) -> pd.DataFrame:
    """Mark each fold's epoch whose weights were kept: the lowest validation loss unless said."""
    if "chosen" in history:
        return history
    best = history.groupby("fold")["val_loss"].idxmin()
    return history.assign(chosen=history.index.isin(best).astype(int))


def write_embedding(folder: Path, table: FeatureTable) -> None:
    """Write PCA coordinates and the projection of one representation."""
    embedding, projection = principal_components(table)
    path = artifacts.embedding_path(folder, table.dataset, table.representation)
    artifacts.write_table(path, embedding)
    artifacts.write_json(path.with_suffix(".json"), projection)


def supervised_entry(
    run: Run,
    own: pd.DataFrame,
    dataset: Dataset,
    card: dict[str, Any] | None,
    *,
    seed: int,
    not_served: str = "",
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the metadata and results objects of a supervised run.

    Parameters
    ----------
    own : DataFrame
        The scores of this run.
    card : dict or None
        Of the served model, where this run evaluates one.
    not_served : str
        Why a model that should be served is not.
    """
    run_id = run.run_id
    specification = MODELS[run_id.model]
    published = (specification.published or {}).get(run_id.representation)
    if published is not None and published.protocol != run_id.protocol:
        published = None
    metadata = _metadata(run_id, specification, dataset, seed=seed) | {
        metric: _by_unit(own, metric)
        for metric in ("accuracy", "macro_f1", "top2", "log_loss", "ece")
    }
    metadata |= {
        "seed": seed_of(run_id.variant, seed),
        "n_tracks": run.n_tracks,
        "n_samples": run.n_samples,
        "n_training_tracks": run.n_training_tracks,
        "train_s": round(run.train_s, 3),
        "predict_ms": round(run.predict_ms, 4),
        "size_bytes": card["size_bytes"] if card else run.size_bytes,
        "served": card is not None,
        "published": vars(published) if published and not run_id.variant else None,
        "permitted_leaks": run.permitted_leaks,
    }
    for metric in ("top2", "log_loss", "ece"):
        if not metadata[metric]:
            metadata |= {metric: None}
            metadata["missing"][metric] = "variants keep their answers, not their probabilities"
    if not_served:
        metadata["missing"]["served"] = not_served
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
        genre: int(support.get(genre, 0)) for genre in dataset.tables[run_id.representation].genres
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
        group_of_track=resampled_unit(run_id.protocol, groups),
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


def declarations(datasets: Sequence[Dataset]) -> dict[str, Any]:
    """Return what the page needs to name data sets, representations and protocols."""
    tables = {name: table for dataset in datasets for name, table in dataset.tables.items()}
    return {
        "datasets": {dataset.name: _dataset_entry(dataset) for dataset in datasets},
        "representations": {
            name: {
                "title": REPRESENTATIONS[name][0],
                "short": REPRESENTATIONS[name][1],
                "unit_title": REPRESENTATIONS[name][2],
                "n_features": table.n_features,
                "n_samples": len(table.rows),
            }
            for name, table in tables.items()
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


def blanks(dataset: Dataset, groups: TrackGroups, *, seed: int) -> list[dict[str, str]]:
    """Return why protocols have no run at all on a data set."""
    reasons = dict(dataset.blanks)
    for protocol in PROTOCOLS.values():
        if protocol.supervised and protocol.name not in reasons:
            made = (
                protocol.make_folds(table, dataset, groups, seed)
                for table in dataset.tables.values()
            )
            if not any(made):
                reasons[protocol.name] = protocol.needs
    return [
        {"dataset": dataset.name, "protocol": name, "reason": reason}
        for name, reason in reasons.items()
    ]


def _dataset_entry(dataset: Dataset) -> dict[str, Any]:
    genres = {genre for table in dataset.tables.values() for genre in table.genres}
    n_tracks = max(table.rows["track_id"].nunique() for table in dataset.tables.values())
    return {
        "title": dataset.title,
        "synthetic": dataset.synthetic,
        "source": dataset.source,
        "genres": sorted(genres),
        "n_tracks": int(n_tracks),
    }


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
        "n_features": table.n_features,
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
