"""A small, complete and consistent results folder with made-up predictions, for tests.

Two corpora: ten genres of ten tracks with four segments each under five protocols, and twelve
unbalanced genres under one. The better the protocol is for a model, the more often its made-up
probabilities point to the true genre; scores and confusion counts are computed from these
predictions, intervals are Wilson's or rough. Exported models are not included.
"""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tiny_comparisons import write_tiny_candidates, write_tiny_comparisons
from tiny_corpora import (
    ABSENT,
    BLANKS,
    DATASET,
    FMA,
    FMA_TRACKS,
    GENRES,
    MODELS,
    PROTOCOLS,
    REPRESENTATIONS,
    SIZE_CONTROLS,
    TRACKS_PER_GENRE,
    protocols_of,
    tiny_rows,
)
from tiny_data_analyses import ECHONEST, FEATURES, write_tiny_data_analyses
from tiny_model_analyses import write_tiny_model_analyses
from tiny_network_analyses import write_tiny_network_analyses
from tiny_robustness import write_tiny_robustness
from tiny_runs import write_clusters, write_supervised
from tiny_track_analyses import write_tiny_track_analyses

from pipeline import artifacts
from pipeline.artifacts import RunId

Entry = tuple[dict[str, Any], dict[str, Any]]


def write_tiny_results(folder: Path, *, seed: int = 0, synthetic: bool = False) -> Path:
    """Write the folder and return it; computed once for all tests, then copied.

    Parameters
    ----------
    folder : Path
        Created where it is not there.
    seed : int
        Of the made-up probabilities.
    synthetic : bool
        Label the data set as synthetic, as the demo corpus is.
    """
    shutil.copytree(_computed(seed), folder, dirs_exist_ok=True)
    content = artifacts.read_json(folder / "results.json")
    for dataset in content["datasets"].values():
        dataset["synthetic"] = synthetic
    artifacts.write_json(folder / "results.json", content)
    return folder


@functools.cache
def _computed(seed: int) -> Path:
    """Compute the results of a seed in a folder of their own, which goes when the tests end."""
    folder = Path(tempfile.mkdtemp(prefix="genrelens-tiny-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    rng = np.random.default_rng(seed)
    entries: list[Entry] = []
    scores: list[pd.DataFrame] = []
    for representation in REPRESENTATIONS:
        rows = tiny_rows(representation)
        for run_id in _supervised_ids(representation):
            entry, table = write_supervised(folder, run_id, rows, rng)
            entries.append(entry)
            scores.append(table)
        if representation != "echonest":
            entry, table = write_clusters(folder, representation, rows, rng)
            entries.append(entry)
            scores.append(table)
    ids = [metadata["id"] for metadata, _ in entries]
    write_tiny_comparisons(folder, ids, rng)
    write_tiny_candidates(folder)
    plain = [metadata["id"] for metadata, _ in entries if not metadata["variant"]]
    write_tiny_model_analyses(folder, plain, rng)
    write_tiny_data_analyses(folder, rng)
    write_tiny_network_analyses(folder, rng)
    whole_clips = {"features_30s": tuple(FEATURES), "echonest": ECHONEST}
    write_tiny_track_analyses(folder, whole_clips, np.random.default_rng(seed))
    write_tiny_robustness(folder, DATASET, np.random.default_rng(seed))
    artifacts.write_table(folder / "scores.parquet", pd.concat(scores, ignore_index=True))
    artifacts.write_json(folder / "results.json", _content(entries))
    artifacts.write_json(folder / "run.json", _run(seed))
    return folder


def _supervised_ids(representation: str) -> list[RunId]:
    """Return the runs of one representation; a model without one leaves a gap for pages to meet."""
    dataset = FMA if representation == "echonest" else DATASET
    protocols = protocols_of(representation)
    models = [model for model in MODELS if (representation, model) not in ABSENT]
    ids = [RunId(dataset, representation, model, name) for model in models for name in protocols]
    if dataset == DATASET:
        ids += [
            RunId(dataset, representation, model, "track_kfold", "size_control")
            for model in SIZE_CONTROLS
        ]
    return ids


def _content(entries: list[Entry]) -> dict[str, Any]:
    return {
        "schema_version": artifacts.SCHEMA_VERSION,
        "datasets": {
            DATASET: {
                "title": "Tiny corpus", "synthetic": False, "source": "written by a test",
                "genres": GENRES, "n_tracks": len(GENRES) * TRACKS_PER_GENRE,
            },
            FMA: {
                "title": "Tiny archive", "synthetic": False, "source": "written by a test",
                "genres": sorted(FMA_TRACKS), "n_tracks": sum(FMA_TRACKS.values()),
            },
        },
        "representations": {
            name: {
                "title": title, "short": short, "unit_title": unit, "n_features": n_features,
                "n_samples": len(tiny_rows(name)),
            }
            for name, (title, short, unit, n_features) in REPRESENTATIONS.items()
        },
        "blanks": [
            {"dataset": dataset, "protocol": protocol, "reason": reason}
            for dataset, reasons in BLANKS.items()
            for protocol, reason in reasons.items()
        ],
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
