"""Every file under ``results/``: its name, columns, reader, writer and validator.

This is the contract between the pipeline, which writes, and the dashboard, which reads. Files are
written to a temporary name and renamed, so a reader sees the old file or the new one, never half.
Must not import scikit-learn, TensorFlow, LightGBM or anything from ``dashboard``.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.artifacts.storage import (
    ResultsError,
    finite_or_none,
    read_json,
    read_table,
    remedy,
    write_atomic,
    write_json,
    write_table,
)

__all__ = [
    "ResultsError",
    "RunId",
    "finite_or_none",
    "read_json",
    "read_table",
    "write_atomic",
    "write_json",
    "write_table",
]

SCHEMA_VERSION = 1

SCORE_COLUMNS = [
    "id", "unit", "metric", "genre", "value", "ci_low", "ci_high", "ci_method", "n_units",
]  # fmt: skip
PREDICTION_COLUMNS = ["track_id", "segment", "part", "fold", "y_true", "y_pred"]
HISTORY_COLUMNS = ["fold", "epoch", "loss", "accuracy", "val_loss", "val_accuracy", "chosen"]
CLUSTER_COLUMNS = ["track_id", "segment", "cluster"]
METADATA_KEYS = [
    "id", "model", "title", "family", "technique", "dataset", "representation", "protocol",
    "variant", "n_tracks", "n_samples", "n_features", "params", "seed", "accuracy", "macro_f1",
    "top2", "log_loss", "ece", "train_s", "predict_ms", "size_bytes", "served", "published",
    "n_training_tracks", "permitted_leaks", "missing",
]  # fmt: skip
N_COMPONENTS = 16
PROBABILITY_PREFIX = "proba_"


@dataclass(frozen=True)
class RunId:
    """Name of one run: ``<dataset>.<representation>.<model>.<protocol>[.<variant>]``."""

    dataset: str
    representation: str
    model: str
    protocol: str
    variant: str | None = None

    def __str__(self) -> str:
        parts = [self.dataset, self.representation, self.model, self.protocol]
        return ".".join(parts + ([self.variant] if self.variant else []))

    @property
    def served_id(self) -> str:
        """Name shared by the runs of one model on one representation, used in URLs."""
        return f"{self.dataset}.{self.representation}.{self.model}"

    @classmethod
    def parse(cls, text: str) -> "RunId":
        """Return the parts of a run id.

        Raises
        ------
        ValueError
            If the text does not have four or five parts.
        """
        parts = text.split(".")
        if len(parts) not in (4, 5) or not all(parts):
            raise ValueError(
                "a run id is <dataset>.<representation>.<model>.<protocol>[.<variant>], "
                f"got {text!r}"
            )
        return cls(*parts)


def predictions_path(results: Path, run_id: str) -> Path:
    """Return where the predictions of a run are stored."""
    return results / "predictions" / f"{run_id}.parquet"


def read_predictions(results: Path, run_id: str) -> pd.DataFrame:
    """Return the predictions of one run, one row per predicted sample.

    Columns: ``track_id``; ``segment`` (-1 where the sample is a whole clip); ``part`` ("test", or
    "validation": rows kept for calibration, never scored); ``fold``; ``y_true``, ``y_pred``
    (genre names); ``proba_<genre>`` (float16) where the model gives probabilities.
    """
    return read_table(predictions_path(results, run_id), PREDICTION_COLUMNS)


def probability_columns(predictions: pd.DataFrame) -> list[str]:
    """Return the names of the probability columns, in the data set's genre order."""
    return [name for name in predictions.columns if name.startswith(PROBABILITY_PREFIX)]


def genres_of(predictions: pd.DataFrame) -> list[str]:
    """Return the genres that the probability columns name, in order."""
    return [name.removeprefix(PROBABILITY_PREFIX) for name in probability_columns(predictions)]


def read_results(results: Path) -> dict[str, Any]:
    """Return ``results.json``, checked.

    Keys: ``schema_version``; ``ids``; ``metadata``, ``results`` and ``images`` (lists in the order
    of ``ids``); ``datasets``, ``representations``, ``protocols`` (titles and explanations by id);
    ``blanks`` (list of ``dataset, protocol, reason``: what no run can fill).

    Raises
    ------
    ResultsError
        If the file is missing, damaged, of another schema version, or inconsistent.
    """
    path = results / "results.json"
    content = read_json(path)
    version = content.get("schema_version") if isinstance(content, dict) else None
    if version != SCHEMA_VERSION:
        raise ResultsError(
            f"{path} has schema_version {version!r}; this program reads {SCHEMA_VERSION}. "
            "Run `make results` to write it anew, or check out the matching version of the code."
        )
    validate_results(content, path)
    return content


def validate_results(content: dict[str, Any], path: Path) -> None:
    """Raise ``ResultsError`` unless the lists of ``results.json`` belong together."""
    for key in ("ids", "metadata", "results", "images"):
        if not isinstance(content.get(key), list) or len(content[key]) != len(content["ids"]):
            raise ResultsError(f"{path}: {key!r} is not a list as long as 'ids'. {remedy()}")
    for key in ("datasets", "representations", "protocols"):
        if not isinstance(content.get(key), dict):
            raise ResultsError(f"{path}: {key!r} is missing. {remedy()}")
    for run_id, metadata in zip(content["ids"], content["metadata"], strict=True):
        absent = [key for key in METADATA_KEYS if key not in metadata]
        if absent or metadata["id"] != run_id:
            raise ResultsError(f"{path}: metadata of {run_id} lacks {absent or 'its id'}.")
        for key, table in (
            ("dataset", "datasets"),
            ("representation", "representations"),
            ("protocol", "protocols"),
        ):
            if metadata[key] not in content[table]:
                raise ResultsError(f"{path}: {run_id} names unknown {key} {metadata[key]!r}.")


def read_scores(results: Path) -> pd.DataFrame:
    """Return every score of every run, long; ``genre`` is empty where a score is over all."""
    return read_table(results / "scores.parquet", SCORE_COLUMNS)


def confusion_path(results: Path, run_id: str, unit: str | None = None) -> Path:
    """Return where the confusion counts of a run are: of its rows, or of "track" by average."""
    return results / "confusion" / f"{run_id}{'.track' if unit == 'track' else ''}.csv"


def read_confusion(results: Path, run_id: str, unit: str | None = None) -> pd.DataFrame:
    """Return counts: index true genre, columns predicted genre.

    Without ``unit`` the predicted rows are counted (segments, or clips where a row is a clip); with
    "segment" or "track" that unit.
    """
    path = confusion_path(results, run_id, unit)
    return read_table(path, ["true"]).set_index("true")


def read_history(results: Path, run_id: str) -> pd.DataFrame:
    """Return losses and accuracies by fold and epoch of a network's training."""
    return read_table(results / "history" / f"{run_id}.csv", HISTORY_COLUMNS)


def embedding_path(results: Path, dataset: str, representation: str) -> Path:
    """Return where the PCA coordinates of a representation are stored."""
    return results / "embeddings" / f"{dataset}.{representation}.parquet"


def read_embedding(results: Path, dataset: str, representation: str) -> pd.DataFrame:
    """Return PCA coordinates ``pc1..pc16`` of every row, with ``track_id, segment, genre``."""
    columns = ["track_id", "segment", "genre", "pc1", "pc2", "pc3"]
    return read_table(embedding_path(results, dataset, representation), columns)


def read_projection(results: Path, dataset: str, representation: str) -> dict[str, Any]:
    """Return the fitted PCA that made an embedding, to place a new clip in it.

    Keys: ``features`` (names), ``mean``, ``scale`` (per feature, standardisation), ``components``
    (lists, 16 x n_features), ``explained_variance_ratio``, ``nearest_p50``, ``nearest_p99``
    (quantiles of the distance from a row to the nearest row of another track, in the embedding).
    """
    return read_json(embedding_path(results, dataset, representation).with_suffix(".json"))


def read_clusters(results: Path, run_id: str) -> pd.DataFrame:
    """Return the cluster of every row (0, 1, ...)."""
    return read_table(results / "clusters" / f"{run_id}.parquet", CLUSTER_COLUMNS)


def read_cards(results: Path) -> list[dict[str, Any]]:
    """Return the card of every served model, by id; each has an ``.onnx`` beside it.

    Keys: ``id``, ``model``, ``title``, ``family``, ``dataset``, ``representation``, ``window_s``
    (3 or 30), ``features`` (input names, in order; none for spectrograms), ``genres`` (output
    order), ``temperature``, ``temperature_fitted_on``, ``n_tracks``, ``n_samples``,
    ``training_sha256``, ``onnx_sha256``, ``size_bytes``, ``evaluated_by`` (run ids),
    ``honest_accuracy`` ({protocol, label, unit, value, ci_low, ci_high}). Input "features": float32
    rows as the table has them, (n, n_features) or (n, time, bands). Output "probabilities":
    float32 (n, n_genres), calibrated.
    """
    cards = [read_json(path) for path in sorted((results / "models").glob("*.json"))]
    if not cards:
        raise ResultsError(f"no exported model in {results / 'models'}. {remedy()}")
    return cards


def read_candidates(results: Path) -> dict[str, dict[str, Any]]:
    """Return, by protocol, the model that validation chose before its test score was computed.

    Keys of each: ``id`` (run id), ``unit``, ``accuracy`` (of validation units), ``n_units``,
    ``inner`` (how they were set apart), ``ranking`` (list of ``id, accuracy``, best first). Empty
    where nothing was chosen yet. The file names the commit of the code that chose.
    """
    path = results / "candidates.json"
    return read_json(path)["protocols"] if path.is_file() else {}


def read_run(results: Path) -> dict[str, Any]:
    """Return ``run.json``: commit, config, seeds, versions, input hashes, wall times."""
    return read_json(results / "run.json")
