"""Made-up runs of the tiny results: predictions, scores, confusion counts, history, clusters."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import (
    adjusted_rand_score,
    confusion_matrix,
    normalized_mutual_info_score,
    precision_recall_fscore_support,
)

from pipeline import artifacts
from pipeline.artifacts import PROBABILITY_PREFIX, RunId

GENRES = [
    "blues", "classical", "country", "disco", "hiphop",
    "jazz", "metal", "pop", "reggae", "rock",
]  # fmt: skip
TRACKS_PER_GENRE = 10
SEGMENTS = 4
DATASET = "gtzan"

TRAINING_TRACKS = {"segment_random": 99, "track_kfold": 90, "fault_filtered": 45}
# title, family, technique, how strongly probabilities point to the truth by protocol
MODELS: dict[str, tuple[str, str, str, dict[str, float]]] = {
    "dummy": ("Majority (hears nothing)", "dummy", "supervised", {}),
    "random_forest": (
        "Random forest", "tree", "supervised",
        {"segment_random": 3.4, "track_kfold": 2.4, "fault_filtered": 1.5},
    ),
    "lightgbm": (
        "LightGBM", "boosting", "supervised",
        {"segment_random": 3.9, "track_kfold": 2.7, "fault_filtered": 1.7},
    ),
    "dense": (
        "Dense net", "dense", "deep",
        {"segment_random": 3.0, "track_kfold": 2.3, "fault_filtered": 1.4},
    ),
}  # fmt: skip


def tiny_rows(representation: str) -> pd.DataFrame:
    """Return ``track_id, segment, genre`` of every sample."""
    tracks = [(f"{g}.{n:05d}", g) for g in GENRES for n in range(TRACKS_PER_GENRE)]
    segments = range(SEGMENTS) if representation == "features_3s" else [-1]
    rows = [(track, segment, genre) for track, genre in tracks for segment in segments]
    return pd.DataFrame(rows, columns=["track_id", "segment", "genre"])


def _predictions(rows: pd.DataFrame, run_id: RunId, rng: np.random.Generator) -> pd.DataFrame:
    """Return made-up predictions of the rows that the protocol holds out."""
    if run_id.protocol == "segment_random":
        rows = rows[rng.random(len(rows)) < 0.4]
    elif run_id.protocol == "fault_filtered":
        rows = rows[rows["track_id"].str[-1].isin(list("6789"))]
    truth = rows["genre"].map(GENRES.index).to_numpy()
    if run_id.model == "dummy":
        proba = np.tile(np.eye(len(GENRES))[0], (len(rows), 1))
    else:
        logits = rng.normal(size=(len(rows), len(GENRES)))
        logits[np.arange(len(rows)), truth] += MODELS[run_id.model][3][run_id.protocol]
        proba = np.exp(2 * logits)
        proba /= proba.sum(axis=1, keepdims=True)
    table = pd.DataFrame(
        proba.astype(np.float16), columns=[PROBABILITY_PREFIX + genre for genre in GENRES]
    )
    table.insert(0, "track_id", rows["track_id"].to_numpy())
    table.insert(1, "segment", rows["segment"].to_numpy())
    table.insert(2, "part", "test")
    table.insert(3, "fold", 0)
    table.insert(4, "y_true", rows["genre"].to_numpy())
    table.insert(5, "y_pred", np.array(GENRES)[proba.argmax(axis=1)])
    return table


def write_supervised(
    folder: Path, run_id: RunId, rows: pd.DataFrame, rng: np.random.Generator
) -> tuple[tuple[dict[str, Any], dict[str, Any]], pd.DataFrame]:
    """Write one run; return its metadata and results objects and its scores."""
    name = str(run_id)
    predictions = _predictions(rows, run_id, rng)
    artifacts.write_table(artifacts.predictions_path(folder, name), predictions)
    units = {"track": _by_track(predictions)}
    if run_id.representation == "features_3s":
        units = {"segment": predictions, **units}
    else:
        artifacts.write_table(artifacts.confusion_path(folder, name), _confusion(predictions))
    for unit, table in units.items():
        artifacts.write_table(artifacts.confusion_path(folder, name, unit), _confusion(table))
    if run_id.model == "dense":
        artifacts.write_table(folder / "history" / f"{name}.csv", _history(rng))
    scores = pd.concat(_scores(name, unit, table) for unit, table in units.items())
    overall = scores[scores["genre"] == ""]
    metadata = _metadata(run_id, rows) | {
        metric: {
            row["unit"]: {key: float(row[key]) for key in ("value", "ci_low", "ci_high")}
            for row in overall[overall["metric"] == metric].to_dict("records")
        }
        for metric in ("accuracy", "macro_f1", "top2", "log_loss", "ece")
    }
    metadata |= {
        "n_training_tracks": TRAINING_TRACKS[run_id.protocol],
        "train_s": 1.25,
        "predict_ms": 0.04,
        "permitted_leaks": {"track": 31} if run_id.protocol == "segment_random" else {},
    }
    support = predictions["y_true"].value_counts()
    result = {"support": {genre: int(support.get(genre, 0)) for genre in GENRES}}
    return (metadata, result), scores


def _by_track(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return one row per track: probabilities averaged, the most probable genre."""
    columns = artifacts.probability_columns(predictions)
    tracks = predictions.astype(dict.fromkeys(columns, np.float64)).groupby("track_id")
    table = tracks[columns].mean()
    winner = table.to_numpy().argmax(axis=1)
    return table.assign(y_true=tracks["y_true"].first(), y_pred=np.array(GENRES)[winner])


def _confusion(predictions: pd.DataFrame) -> pd.DataFrame:
    counts = confusion_matrix(predictions["y_true"], predictions["y_pred"], labels=GENRES)
    table = pd.DataFrame(counts, columns=GENRES)
    table.insert(0, "true", GENRES)
    return table


def _scores(name: str, unit: str, predictions: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of one unit, with Wilson's interval over its rows."""
    true, predicted = predictions["y_true"], predictions["y_pred"]
    values = precision_recall_fscore_support(true, predicted, labels=GENRES, zero_division=0)
    proba = predictions[artifacts.probability_columns(predictions)].to_numpy(dtype=float)
    right = proba[np.arange(len(proba)), true.map(GENRES.index)]
    rank = (proba > right[:, None]).sum(axis=1)
    overall = {
        "accuracy": float((true == predicted).mean()), "macro_f1": float(values[2].mean()),
        "top2": float((rank < 2).mean()), "ece": 0.1,
        "log_loss": float(-np.log(np.clip(right, 1e-6, 1)).mean()),
    }  # fmt: skip
    rows = [(metric, "", value, len(true)) for metric, value in overall.items()]
    for metric, by_genre in zip(("precision", "recall", "f1"), values, strict=False):
        support = zip(GENRES, by_genre, values[3], strict=True)
        rows += [(metric, genre, float(value), max(int(n), 1)) for genre, value, n in support]
    return pd.DataFrame(
        [(name, unit, m, g, v, *_wilson(v, n), "wilson", n) for m, g, v, n in rows],
        columns=artifacts.SCORE_COLUMNS,
    )


def _wilson(share: float, n: int) -> tuple[float, float]:
    z = 1.96
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(abs(share * (1 - share)) / n + z * z / (4 * n * n))
    return float(min(centre - half, share)), float(max(centre + half, share))


def _history(rng: np.random.Generator) -> pd.DataFrame:
    frames = []
    for fold in range(2):
        epochs = np.arange(1, 13)
        loss = 2.2 * np.exp(-epochs / 5) + 0.02 * rng.random(len(epochs))
        frames.append(
            pd.DataFrame(
                {
                    "fold": fold, "epoch": epochs, "loss": loss, "accuracy": 1 - loss / 2.6,
                    "val_loss": loss + 0.3, "val_accuracy": 0.9 - loss / 2.6,
                }
            )
        )  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def write_clusters(
    folder: Path, representation: str, rows: pd.DataFrame, rng: np.random.Generator
) -> tuple[tuple[dict[str, Any], dict[str, Any]], pd.DataFrame]:
    """Write an embedding of ten fuzzy balls and their clusters."""
    genre = rows["genre"].map(GENRES.index).to_numpy()
    points = 2.5 * np.random.default_rng(5).normal(size=(len(GENRES), 16))[genre]
    points = points + rng.normal(size=points.shape)
    names = [f"pc{k}" for k in range(1, 17)]
    embedding = pd.concat([rows, pd.DataFrame(points.astype(np.float32), columns=names)], axis=1)
    path = artifacts.embedding_path(folder, DATASET, representation)
    artifacts.write_table(path, embedding)
    artifacts.write_json(
        path.with_suffix(".json"), {"explained_variance_ratio": [0.3, 0.2, *[0.02] * 14]}
    )
    run_id = RunId(DATASET, representation, "kmeans_10", "in_sample")
    stray = rng.integers(10, size=len(rows))
    cluster = np.where(rng.random(len(rows)) < 0.5, (genre * 3 + 1) % 10, stray)
    table = rows[["track_id", "segment"]].assign(cluster=cluster)
    artifacts.write_table(folder / "clusters" / f"{run_id}.parquet", table)
    counts = pd.crosstab(cluster, rows["genre"].to_numpy())
    value = {
        "ari": float(adjusted_rand_score(genre, cluster)),
        "nmi": float(normalized_mutual_info_score(genre, cluster)),
        "purity": float(counts.max(axis=1).sum() / len(rows)),
    }
    unit = "segment" if representation == "features_3s" else "track"
    scores = pd.DataFrame(
        [
            (str(run_id), unit, metric, "", v, v - 0.02, v + 0.02, "bootstrap", len(rows))
            for metric, v in value.items()
        ],
        columns=artifacts.SCORE_COLUMNS,
    )
    fields = ("accuracy", "macro_f1", "top2", "log_loss", "ece", "train_s", "predict_ms")
    metadata = _metadata(run_id, rows) | dict.fromkeys(fields)
    metadata["missing"] = dict.fromkeys(fields, "clusters carry no genre names")
    result = {
        "clusters": {
            str(number): {genre: int(n) for genre, n in row.items()}
            for number, row in counts.iterrows()
        },
        **value,
    }
    return (metadata, result), scores


def _metadata(run_id: RunId, rows: pd.DataFrame) -> dict[str, Any]:
    clusters: tuple[str, str, str, dict[str, float]] = (
        "K-means, 10 clusters",
        "clusters",
        "unsupervised",
        {},
    )
    title, family, technique, _ = MODELS.get(run_id.model, clusters)
    return {
        "id": str(run_id), "model": run_id.model, "title": title, "family": family,
        "technique": technique, "dataset": DATASET, "representation": run_id.representation,
        "protocol": run_id.protocol, "variant": None, "n_tracks": rows["track_id"].nunique(),
        "n_samples": len(rows), "n_features": 57, "params": {"made_up": True}, "seed": 0,
        "n_training_tracks": rows["track_id"].nunique(), "train_s": None, "predict_ms": None,
        "size_bytes": None, "served": False, "published": None, "permitted_leaks": {},
        "missing": {"size_bytes": "made up"},
    }  # fmt: skip
