"""Paired tests, seed ranges, variant effects and candidates of the tiny results, for tests.

Tests and effects are computed from the made-up predictions by the functions that compute the real
ones; the seed ranges are made up.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from tiny_corpora import DATASET, MODELS, PUBLISHED, TRAINING_TRACKS

from pipeline import artifacts
from pipeline.analysis.effects import variant_effect
from pipeline.analysis.paired import paired_tests
from pipeline.analysis.seeds import seed_ranges
from pipeline.artifacts import RunId
from pipeline.artifacts.analysis import write_analysis

SEEDS = 10
CHOSEN = {
    "track_kfold": "features_30s.random_forest",
    "artist_3fold": "features_3s.lightgbm",
    "fault_filtered": "features_3s.lightgbm",
}


def write_tiny_comparisons(folder: Path, ids: list[str], rng: np.random.Generator) -> None:
    """Write paired tests, seed ranges and variant effects."""
    runs = [RunId.parse(name) for name in ids if "kmeans" not in name]
    predictions = {str(run): artifacts.read_predictions(folder, str(run)) for run in runs}
    plain = [run for run in runs if not run.variant]
    pairs = sorted({(run.dataset, run.protocol) for run in plain})
    tests = [
        paired_tests(
            dataset,
            protocol,
            {
                str(run): predictions[str(run)]
                for run in plain
                if (run.dataset, run.protocol) == (dataset, protocol)
            },
            dict.fromkeys(predictions, 0.2),
        )
        for dataset, protocol in pairs
    ]
    write_analysis(folder, "paired_tests", pd.concat(tests, ignore_index=True))
    effects = [_effect(run, predictions) for run in runs if run.variant]
    write_analysis(folder, "variant_effects", pd.concat(effects, ignore_index=True))
    write_analysis(folder, "seed_ranges", seed_ranges(_seed_rows(rng)))


def write_tiny_candidates(folder: Path) -> None:
    """Write which model each protocol's validation chose."""
    protocols = {
        protocol: {
            "id": f"{DATASET}.{model}.{protocol}", "accuracy": 0.7, "n_units": 50,
            "inner": "made up", "commit": "0" * 40, "ranking": [],
        }
        for protocol, model in CHOSEN.items()
    }  # fmt: skip
    content = {"schema_version": artifacts.SCHEMA_VERSION, "protocols": protocols}
    artifacts.write_json(folder / "candidates.json", content)


def _effect(run: RunId, predictions: dict[str, pd.DataFrame]) -> pd.DataFrame:
    base = RunId(run.dataset, run.representation, run.model, run.protocol)
    tracks = sorted(set(predictions[str(base)]["track_id"]))
    return variant_effect(
        str(base),
        predictions[str(base)],
        str(run),
        str(run.variant),
        predictions[str(run)],
        pd.Series(range(len(tracks)), index=tracks),
        n_training_tracks=TRAINING_TRACKS[str(run.variant)],
        base_n_training_tracks=TRAINING_TRACKS[base.protocol],
    )


def _seed_rows(rng: np.random.Generator) -> pd.DataFrame:
    """Return made-up accuracies of some models over seeds of split and model."""
    rows = [
        (
            DATASET,
            representation,
            model,
            MODELS[model][0],
            protocol,
            unit,
            seed,
            score,
            published,
        )
        for representation, protocol, unit, centre in (
            ("features_3s", "segment_random", "segment", 0.85),
            ("features_3s", "segment_random", "track", 0.9),
            ("features_30s", "clip_random", "track", 0.75),
        )
        for model in ("random_forest", "lightgbm", "knn_1")
        for published in [_published(model, representation, unit)]
        for seed, score in enumerate(centre + 0.02 * rng.normal(size=SEEDS))
    ]
    names = ["dataset", "representation", "model", "title", "protocol", "unit", "seed", "accuracy"]
    return pd.DataFrame(rows, columns=[*names, "published"])


def _published(model: str, representation: str, unit: str) -> float:
    accuracy, own_unit, _ = PUBLISHED.get((model, representation), (np.nan, "", ""))
    return accuracy if own_unit == unit else np.nan
