"""Made-up curves, calibration, importances and search trials of the tiny runs, for tests.

Curves, reliability and sets are computed from the tiny predictions, by track, in the simplest way
that keeps them consistent; their intervals are rough. The majority model has none of them, so that
pages meet a run without analyses. Importances, trials and sweeps are drawn.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline import artifacts
from pipeline.artifacts import RunId
from pipeline.artifacts.analysis import ANALYSES, write_analysis

FAMILIES = ("spectral", "MFCC", "rhythm", "chroma", "harmonic")
FEATURES = [
    *(f"mfcc{k}_mean" for k in range(1, 13)),
    "spectral_centroid_mean", "rolloff_var", "tempo", "chroma_stft_mean", "harmony_var", "rms_var",
]  # fmt: skip
TEMPERATURE = 0.4  # averages over segments are too modest
SWEEPS = {"lightgbm": "n_tracks", "random_forest": "tree_depth"}
SWEPT = {"n_tracks": (10, 20, 40, 60, 80), "tree_depth": tuple(range(1, 13))}


def write_tiny_model_analyses(folder: Path, ids: list[str], rng: np.random.Generator) -> None:
    """Write curves, calibration, importances and search trials of the tiny runs."""
    runs = [RunId.parse(text) for text in ids]
    runs = [run for run in runs if run.protocol != "in_sample" and run.model != "dummy"]
    runs = [run for run in runs if not run.variant]
    tables: dict[str, list[pd.DataFrame]] = {}
    for run in runs:
        for kind, table in _of_run(folder, run, rng).items():
            tables.setdefault(kind, []).append(table)
    for kind, parts in tables.items():
        write_analysis(folder, kind, pd.concat(parts, ignore_index=True))
    models = sorted({(run.dataset, run.representation, run.model) for run in runs})
    write_analysis(folder, "search_trials", _trials(models, rng))
    write_analysis(folder, "sweeps", _sweeps(models, rng))


def _of_run(folder: Path, run: RunId, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    predictions = artifacts.read_predictions(folder, str(run))
    genres = artifacts.genres_of(predictions)
    columns = artifacts.probability_columns(predictions)
    tracks = predictions.astype(dict.fromkeys(columns, np.float64)).groupby("track_id")
    proba = tracks[columns].mean().to_numpy()
    truth = tracks["y_true"].first().map(genres.index).to_numpy()
    tables = _curves(proba, truth, genres) | _calibration(proba, truth)
    tables |= {
        "prediction_sets": _sets(proba, truth, genres),
        "coverage": _abstaining(proba, truth),
    }
    tables["importances"] = _importances(run.model, rng)
    for kind, table in tables.items():
        table.insert(0, "id", str(run))
        tables[kind] = table[list(ANALYSES[kind].columns)]
    return tables


def _curves(proba: np.ndarray, truth: np.ndarray, genres: list[str]) -> dict[str, pd.DataFrame]:
    grid = np.linspace(0, 1, 21)
    roc, ranked, areas = [], [], []
    hits = {genre: (truth == k, proba[:, k]) for k, genre in enumerate(genres)}
    hits = {genre: (hit, score) for genre, (hit, score) in hits.items() if hit.any()}
    hits["micro"] = (np.eye(len(genres), dtype=bool)[truth].ravel(), proba.ravel())
    for genre, (hit, score) in hits.items():
        right = np.cumsum(hit[np.argsort(-score, kind="stable")])
        rank = np.arange(1, len(hit) + 1)
        wrong = (rank - right) / max((~hit).sum(), 1)
        precision = np.maximum.accumulate((right / rank)[::-1])[::-1]
        recall = right / hit.sum()
        tpr = np.interp(grid, np.r_[0, wrong], np.r_[0, recall])
        roc.append(_curve(genre, grid, tpr))
        ranked.append(_curve(genre, grid, np.interp(grid, recall, precision)))
        for metric, curve in (("roc_auc", tpr), ("average_precision", ranked[-1]["y"].to_numpy())):
            areas.append((metric, genre, float(np.trapezoid(curve, grid)), int(hit.sum())))
    for frames in (roc, ranked):
        mean = np.mean([frame["y"] for frame in frames[:-1]], axis=0)
        frames.append(_curve("macro", grid, mean))
    areas = [row for row in areas if row[1] != "micro"]
    for metric in ("roc_auc", "average_precision"):
        own = [value for name, _, value, _ in areas if name == metric]
        areas.append((metric, "", float(np.mean(own)), len(truth)))
    table = pd.DataFrame(areas, columns=["metric", "genre", "value", "n_units"])
    return {
        "roc": pd.concat(roc).rename(
            columns={"x": "false_positive_rate", "y": "true_positive_rate"}
        ),
        "precision_recall": pd.concat(ranked).rename(columns={"x": "recall", "y": "precision"}),
        "ranking_scores": _bounded(table, 0.04),
    }


def _curve(genre: str, x: np.ndarray, y: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"genre": genre, "x": x, "y": y})


def _bounded(table: pd.DataFrame, half: float) -> pd.DataFrame:
    return table.assign(
        ci_low=(table["value"] - half).clip(0, 1), ci_high=(table["value"] + half).clip(0, 1)
    )


def _calibration(proba: np.ndarray, truth: np.ndarray) -> dict[str, pd.DataFrame]:
    softened = proba ** (1 / TEMPERATURE)
    softened /= softened.sum(axis=1, keepdims=True)
    bins, scores = [], []
    for stage, each in (("before", proba), ("after", softened)):
        sure, right = each.max(axis=1), each.argmax(axis=1) == truth
        parts = np.array_split(np.argsort(sure), 10)
        table = pd.DataFrame(
            [(k, sure[rows].mean(), right[rows].mean(), len(rows)) for k, rows in enumerate(parts)],
            columns=["bin", "confidence", "value", "n"],
        )
        bins.append(_bounded(table, 0.15).rename(columns={"value": "accuracy"}).assign(stage=stage))
        gap = (table["confidence"] - table["value"]).abs()
        own = np.clip(each[np.arange(len(truth)), truth], 1e-6, 1)
        values = {
            "ece": float((gap * table["n"]).sum() / len(truth)),
            "brier": float(((each - np.eye(each.shape[1])[truth]) ** 2).sum(axis=1).mean()),
            "log_loss": float(-np.log(own).mean()),
        }
        scores += [(stage, metric, v, v - 0.02, v + 0.03) for metric, v in values.items()]
    table = pd.DataFrame(scores, columns=["stage", "metric", "value", "ci_low", "ci_high"])
    table["temperature"] = table["stage"].map({"before": 1.0, "after": TEMPERATURE})
    table["fitted_on"] = table["stage"].map({"before": "", "after": "made-up validation tracks"})
    return {
        "calibration": pd.concat(bins),
        "calibration_scores": table.assign(n_units=len(truth)),
    }


def _sets(proba: np.ndarray, truth: np.ndarray, genres: list[str]) -> pd.DataFrame:
    order = np.sort(proba, axis=1)[:, ::-1]
    size = (np.cumsum(order, axis=1) < 0.75).sum(axis=1) + 1
    rank = (proba > proba[np.arange(len(truth)), truth][:, None]).sum(axis=1)
    inside = rank < size
    rows = [("", inside.mean(), size.mean(), len(truth))]
    for k, genre in enumerate(genres):
        own = truth == k
        if own.any():
            rows.append((genre, inside[own].mean(), size[own].mean(), int(own.sum())))
    table = pd.DataFrame(rows, columns=["genre", "value", "mean_size", "n"])
    table = _bounded(table, 0.12).rename(columns={"value": "coverage"})
    return table.assign(target=0.9, calibrated_on="made-up validation tracks")


def _abstaining(proba: np.ndarray, truth: np.ndarray) -> pd.DataFrame:
    sure = proba.max(axis=1)
    order = np.argsort(-sure)
    right = (proba.argmax(axis=1) == truth)[order]
    rows = []
    for share in np.linspace(0.1, 1, 10):
        n = max(round(share * len(order)), 1)
        rows.append((n / len(order), sure[order][n - 1], right[:n].mean(), n))
    table = pd.DataFrame(rows, columns=["coverage", "threshold", "value", "n"])
    return _bounded(table, 0.08).rename(columns={"value": "accuracy"})


def _importances(model: str, rng: np.random.Generator) -> pd.DataFrame:
    """Return drops by family and, for all but the network, shares by feature."""
    drops = rng.uniform(-0.01, 0.25, len(FAMILIES))
    rows = [
        ("permutation", f, "", v, v - 0.03, v + 0.03, 10)
        for f, v in zip(FAMILIES, drops, strict=True)
    ]
    if model != "dense":
        shares = rng.dirichlet(np.ones(len(FEATURES)))
        kinds = [FAMILIES[k % len(FAMILIES)] for k in range(len(FEATURES))]
        rows += [
            ("impurity", family, name, value, np.nan, np.nan, 0)
            for family, name, value in zip(kinds, FEATURES, shares, strict=True)
        ]
    return pd.DataFrame(rows, columns=list(ANALYSES["importances"].columns[1:]))


def _trials(models: list[tuple[str, str, str]], rng: np.random.Generator) -> pd.DataFrame:
    frames = []
    for names in models:
        if names[2] == "dense":
            continue
        params = [
            {
                "learning_rate": round(float(10 ** rng.uniform(-3, -0.5)), 6),
                "num_leaves": int(rng.integers(4, 64)),
                "max_depth": None if rng.random() < 0.3 else int(rng.integers(3, 20)),
                "class_weight": str(rng.choice(["balanced", "none"])),
            }
            for _ in range(20)
        ]
        table = pd.DataFrame(
            {"trial": range(20), "params": [json.dumps(each, sort_keys=True) for each in params]}
        )
        table["score"] = rng.uniform(0.35, 0.6, 20)
        table["rank"] = table["score"].rank(ascending=False).astype(int)
        for name, value in zip(("dataset", "representation", "model"), names, strict=True):
            table[name] = value
        table = table.assign(protocol="fault_filtered", score_sd=0.02, n_folds=3, fit_s=1.5)
        frames.append(table.sort_values("rank")[list(ANALYSES["search_trials"].columns)])
    return pd.concat(frames, ignore_index=True)


def _sweeps(models: list[tuple[str, str, str]], rng: np.random.Generator) -> pd.DataFrame:
    frames = []
    for dataset, representation, model in models:
        sweep = SWEEPS.get(model)
        if sweep is None:
            continue
        for shift, protocol in enumerate(("segment_random", "track_kfold", "fault_filtered")):
            values = np.array(SWEPT[sweep])
            rise = 1 - np.exp(-values / values.max() * 4)
            table = pd.DataFrame({"value": values})
            table["accuracy"] = (0.8 - 0.15 * shift) * rise + rng.uniform(0, 0.01, len(values))
            table["training_accuracy"] = 0.3 + 0.69 * rise
            table["ci_low"], table["ci_high"] = table["accuracy"] - 0.05, table["accuracy"] + 0.05
            table = table.assign(
                dataset=dataset, representation=representation, model=model, title=model,
                sweep=sweep, protocol=protocol, unit="track", n_units=40,
            )  # fmt: skip
            frames.append(table[list(ANALYSES["sweeps"].columns)])
    table = pd.concat(frames, ignore_index=True)
    bounded = ["accuracy", "ci_low", "ci_high", "training_accuracy"]
    return table.assign(**{name: table[name].clip(0, 1) for name in bounded})
