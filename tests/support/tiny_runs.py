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
from tiny_corpora import (
    DATASET,
    GENRES,
    MODELS,
    PUBLISHED,
    REPRESENTATIONS,
    TRAINING_TRACKS,
    genres_of,
)

from pipeline import artifacts
from pipeline.artifacts import PROBABILITY_PREFIX, RunId


def _predictions(rows: pd.DataFrame, run_id: RunId, rng: np.random.Generator) -> pd.DataFrame:
    """Return made-up predictions of the rows that the protocol holds out."""
    last = rows["track_id"].str[-1].astype(int)
    if run_id.protocol == "segment_random":
        rows = rows[np.random.default_rng(7).random(len(rows)) < 0.4]  # the same for every model
    elif run_id.protocol == "clip_random":
        rows = rows[last.isin([0, 5])]
    elif run_id.protocol == "fault_filtered":
        rows = rows[last.isin([6, 7, 8, 9])]
    fold = {"track_kfold": last, "artist_3fold": last % 3}.get(run_id.protocol, 0 * last)
    genres = genres_of(run_id.representation)
    truth = rows["genre"].map(genres.index).to_numpy()
    if run_id.model == "dummy":
        proba = np.tile(np.eye(len(genres))[-1], (len(rows), 1))
    else:
        strength = MODELS[run_id.model][3][list(TRAINING_TRACKS).index(_kind(run_id))]
        logits = rng.normal(size=(len(rows), len(genres)))
        logits[np.arange(len(rows)), truth] += strength
        proba = np.exp(2 * logits)
        proba /= proba.sum(axis=1, keepdims=True)
    table = pd.DataFrame(
        proba.astype(np.float16), columns=[PROBABILITY_PREFIX + genre for genre in genres]
    )
    table.insert(0, "track_id", rows["track_id"].to_numpy())
    table.insert(1, "segment", rows["segment"].to_numpy())
    table.insert(2, "part", "test")
    table.insert(3, "fold", fold.loc[rows.index].to_numpy())
    table.insert(4, "y_true", rows["genre"].to_numpy())
    table.insert(5, "y_pred", np.array(genres)[proba.argmax(axis=1)])
    return table


def _kind(run_id: RunId) -> str:
    """Return the key of a run in ``TRAINING_TRACKS``."""
    return run_id.variant or run_id.protocol


def write_supervised(
    folder: Path, run_id: RunId, rows: pd.DataFrame, rng: np.random.Generator
) -> tuple[tuple[dict[str, Any], dict[str, Any]], pd.DataFrame]:
    """Write one run; return its metadata and results objects and its scores."""
    name = str(run_id)
    predictions = _predictions(rows, run_id, rng)
    stored = predictions[artifacts.PREDICTION_COLUMNS] if run_id.variant else predictions
    artifacts.write_table(artifacts.predictions_path(folder, name), stored)
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
        "n_training_tracks": TRAINING_TRACKS[_kind(run_id)],
        "train_s": 1.25,
        "predict_ms": 0.04,
        "size_bytes": None if run_id.model == "dense" else 4_200_000,
        "missing": {"size_bytes": "made up"} if run_id.model == "dense" else {},
        "published": _published(run_id),
        "permitted_leaks": {"track": 31} if run_id.protocol == "segment_random" else {},
    }
    support = predictions["y_true"].value_counts()
    genres = genres_of(run_id.representation)
    result = {"support": {genre: int(support.get(genre, 0)) for genre in genres}}
    return (metadata, result), scores


def _published(run_id: RunId) -> dict[str, Any] | None:
    """Return the figure that a run reproduces, where one was published."""
    accuracy, unit, protocol = PUBLISHED.get((run_id.model, run_id.representation), (0, "", ""))
    if run_id.variant or protocol != run_id.protocol:
        return None
    source = "a made-up study"
    return {
        "accuracy": accuracy, "unit": unit, "protocol": protocol, "test_share": 0.2,
        "source": source,
    }  # fmt: skip


def _by_track(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return one row per track: probabilities averaged, the most probable genre."""
    columns = artifacts.probability_columns(predictions)
    genres = np.array(artifacts.genres_of(predictions))
    tracks = predictions.astype(dict.fromkeys(columns, np.float64)).groupby("track_id")
    table = tracks[columns].mean()
    winner = table.to_numpy().argmax(axis=1)
    return table.assign(y_true=tracks["y_true"].first(), y_pred=genres[winner])


def _confusion(predictions: pd.DataFrame) -> pd.DataFrame:
    genres = artifacts.genres_of(predictions)
    counts = confusion_matrix(predictions["y_true"], predictions["y_pred"], labels=genres)
    table = pd.DataFrame(counts, columns=genres)
    table.insert(0, "true", genres)
    return table


def _scores(name: str, unit: str, predictions: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of one unit, with Wilson's interval over its rows."""
    true, predicted = predictions["y_true"], predictions["y_pred"]
    genres = artifacts.genres_of(predictions)
    values = precision_recall_fscore_support(true, predicted, labels=genres, zero_division=0)
    proba = predictions[artifacts.probability_columns(predictions)].to_numpy(dtype=float)
    right = proba[np.arange(len(proba)), true.map(genres.index)]
    rank = (proba > right[:, None]).sum(axis=1)
    overall = {
        "accuracy": float((true == predicted).mean()), "macro_f1": float(values[2].mean()),
        "top2": float((rank < 2).mean()), "ece": 0.1,
        "log_loss": float(-np.log(np.clip(right, 1e-6, 1)).mean()),
    }  # fmt: skip
    rows = [(metric, "", value, len(true)) for metric, value in overall.items()]
    for metric, by_genre in zip(("precision", "recall", "f1"), values, strict=False):
        support = zip(genres, by_genre, values[3], strict=True)
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
                    "chosen": (epochs == 12).astype(int),
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
    clusters = ("K-means, 10 clusters", "clusters", "unsupervised", ())
    title, family, technique, _ = MODELS.get(run_id.model, clusters)
    n_features = REPRESENTATIONS[run_id.representation][3]
    return {
        "id": str(run_id), "model": run_id.model, "title": title, "family": family,
        "technique": technique, "dataset": run_id.dataset, "representation": run_id.representation,
        "protocol": run_id.protocol, "variant": run_id.variant, "n_samples": len(rows),
        "n_tracks": rows["track_id"].nunique(), "n_features": n_features,
        "params": {"made_up": True}, "seed": 0,
        "n_training_tracks": rows["track_id"].nunique(), "train_s": None, "predict_ms": None,
        "size_bytes": None, "served": False, "published": None, "permitted_leaks": {},
        "missing": {"size_bytes": "made up"},
    }  # fmt: skip
