"""A small, complete and consistent results folder with made-up predictions, for tests.

Ten genres of ten tracks, four segments a track. The better the protocol is for a model, the more
often its made-up probabilities point to the true genre; scores and confusion counts are computed
from these predictions, intervals are Wilson's or rough. Exported models are not included.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tiny_comparisons import write_tiny_comparisons
from tiny_data_analyses import write_tiny_data_analyses
from tiny_model_analyses import write_tiny_model_analyses
from tiny_runs import (
    DATASET,
    GENRES,
    MODELS,
    TRACKS_PER_GENRE,
    TRAINING_TRACKS,
    tiny_rows,
    write_clusters,
    write_supervised,
)

from pipeline import artifacts
from pipeline.artifacts import RunId

# label, slug, order, permits, supervised
PROTOCOLS: dict[str, tuple[str, str, int, list[str], bool]] = {
    "segment_random": ("as published", "as-published", 0, ["artist", "duplicate", "track"], True),
    "track_kfold": ("new song", "new-song", 1, ["artist"], True),
    "fault_filtered": ("new artist, faults removed", "new-artist-faults-removed", 3, [], True),
    "in_sample": ("whole table, nothing held out", "whole-table", 9, ["track"], False),
}


def write_tiny_results(folder: Path, *, seed: int = 0, synthetic: bool = False) -> Path:
    """Write the folder and return it.

    Parameters
    ----------
    folder : Path
        Created where it is not there.
    seed : int
        Of the made-up probabilities.
    synthetic : bool
        Label the data set as synthetic, as the demo corpus is.
    """
    rng = np.random.default_rng(seed)
    entries: list[tuple[dict[str, Any], dict[str, Any]]] = []
    scores: list[pd.DataFrame] = []
    for representation in ("features_3s", "features_30s"):
        rows = tiny_rows(representation)
        for model in MODELS:
            if model == "dense" and representation == "features_30s":
                continue  # one model has no 30-s run, so that pages meet a gap
            for protocol in TRAINING_TRACKS:
                run_id = RunId(DATASET, representation, model, protocol)
                entry, table = write_supervised(folder, run_id, rows, rng)
                entries.append(entry)
                scores.append(table)
        entry, table = write_clusters(folder, representation, rows, rng)
        entries.append(entry)
        scores.append(table)
    ids = [metadata["id"] for metadata, _ in entries]
    write_tiny_comparisons(folder, ids, rng)
    write_tiny_model_analyses(folder, ids, rng)
    write_tiny_data_analyses(folder, rng)
    artifacts.write_table(folder / "scores.parquet", pd.concat(scores, ignore_index=True))
    artifacts.write_json(folder / "results.json", _content(entries, synthetic=synthetic))
    artifacts.write_json(folder / "run.json", _run(seed))
    return folder


def _content(
    entries: list[tuple[dict[str, Any], dict[str, Any]]], *, synthetic: bool
) -> dict[str, Any]:
    return {
        "schema_version": artifacts.SCHEMA_VERSION,
        "datasets": {
            DATASET: {
                "title": "Tiny corpus", "synthetic": synthetic, "source": "written by a test",
                "genres": GENRES, "n_tracks": len(GENRES) * TRACKS_PER_GENRE,
            }
        },
        "representations": {
            "features_3s": {
                "title": "57 statistics of 3-s segments", "short": "3-s features",
                "unit_title": "segment", "n_features": 57, "n_samples": 400,
            },
            "features_30s": {
                "title": "57 statistics of whole clips", "short": "30-s features",
                "unit_title": "track", "n_features": 57, "n_samples": 100,
            },
        },
        "protocols": {
            name: {
                "label": label, "slug": slug, "title": label, "order": order,
                "explanation": f"What {label} means, in one sentence.", "held_out": "songs",
                "permits": permits, "independent_unit": "track", "supervised": supervised,
            }
            for name, (label, slug, order, permits, supervised) in PROTOCOLS.items()
        },
        "ids": [metadata["id"] for metadata, _ in entries],
        "metadata": [metadata for metadata, _ in entries],
        "results": [result for _, result in entries],
        "images": [None] * len(entries),
    }  # fmt: skip


def _run(seed: int) -> dict[str, Any]:
    return {
        "schema_version": artifacts.SCHEMA_VERSION, "finished_at": "2025-01-02T03:04:05+00:00",
        "commit": "0123456789abcdef0123456789abcdef01234567", "uncommitted_changes": False,
        "command": "make results", "seeds": {"models": seed, "folds": seed, "bootstrap": 0},
        "python": "3.11.0", "versions": {"numpy": "2.0.0"},
        "inputs_sha256": {f"{DATASET}.features_3s": "ab" * 32},
        "wall_times_s": {"train": 1.0},
    }  # fmt: skip
