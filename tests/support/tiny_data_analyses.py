"""Made-up feature distributions, correlations, duplicates and suspicious labels, for tests.

Every representation that was tested on all its songs (track_kfold) gets them.
The first two genres of a data set hold a copy of each other, under two labels. Only the first data
set has a published list of faults to check suspicious labels against.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline import artifacts
from pipeline.artifacts.analysis import ANALYSES, write_analysis

FEATURES = {
    "mfcc1_mean": "MFCC", "mfcc1_var": "MFCC", "mfcc2_mean": "MFCC", "mfcc2_var": "MFCC",
    "spectral_centroid_mean": "spectral", "spectral_centroid_var": "spectral",
    "rolloff_mean": "spectral", "tempo": "rhythm", "chroma_stft_mean": "chroma",
    "harmony_var": "harmonic",
}  # fmt: skip
ECHONEST = ("acousticness", "danceability", "energy", "instrumentalness", "liveness",
            "speechiness", "tempo", "valence")  # fmt: skip
SUSPICIOUS = 12


def write_tiny_data_analyses(folder: Path, rng: np.random.Generator) -> None:
    """Write feature distributions, correlations, duplicates and suspicious labels."""
    tables: dict[str, list[pd.DataFrame]] = {}
    datasets: dict[str, pd.DataFrame] = {}
    for (dataset, representation), rows in _rows(folder).items():
        datasets.setdefault(dataset, rows.drop_duplicates("track_id"))
        own = _distributions(rows, _features(representation), rng)
        both = {"feature_distributions": own, "feature_correlations": _correlations(own, rng)}
        both["cluster_sweep"] = _cluster_sweep(len(rows))
        for kind, table in both.items():
            table = table.assign(dataset=dataset, representation=representation)
            tables.setdefault(kind, []).append(table[list(ANALYSES[kind].columns)])
    for path in sorted((folder / "clusters").glob("*.parquet")):
        tables.setdefault("cluster_matching", []).append(_matching(folder, path.stem))
    for place, (dataset, tracks) in enumerate(sorted(datasets.items(), reverse=True)):
        tables.setdefault("duplicates", []).append(_duplicates(dataset, tracks))
        tables.setdefault("suspicious_labels", []).append(_suspicious(dataset, tracks, rng))
        if place == 0:
            tables["label_checks"] = [_check(dataset)]
    for kind, parts in tables.items():
        write_analysis(folder, kind, pd.concat(parts, ignore_index=True))


def _rows(folder: Path) -> dict[tuple[str, str], pd.DataFrame]:
    """Return ``track_id, segment, genre`` of every row of each representation."""
    tables: dict[tuple[str, str], pd.DataFrame] = {}
    for path in sorted((folder / "predictions").glob("*.dummy.track_kfold.parquet")):
        dataset, representation = path.stem.split(".")[:2]
        rows = artifacts.read_predictions(folder, path.stem).rename(columns={"y_true": "genre"})
        tables[dataset, representation] = rows[["track_id", "segment", "genre"]]
    return tables


def _features(representation: str) -> dict[str, str]:
    if representation == "echonest":
        return {name: "rhythm" if name == "tempo" else name for name in ECHONEST}
    return FEATURES


def _distributions(
    rows: pd.DataFrame, features: dict[str, str], rng: np.random.Generator
) -> pd.DataFrame:
    records = []
    for feature, family in features.items():
        for genre, n in rows["genre"].value_counts(sort=False).sort_index().items():
            mean, sd = rng.normal(), rng.uniform(0.4, 1.2)
            spread = (mean + sd * z for z in (-1.64, -0.67, 0.0, 0.67, 1.64))
            records.append((feature, family, genre, int(n), *spread, mean, sd))
    return pd.DataFrame(records, columns=list(ANALYSES["feature_distributions"].columns[2:]))


def _correlations(distributions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    names = distributions["feature"].unique()
    first, second = np.triu_indices(len(names), k=1)
    return pd.DataFrame(
        {
            "feature_a": names[first],
            "feature_b": names[second],
            "correlation": np.tanh(rng.normal(size=len(first))),
        }
    )


def _cluster_sweep(n_rows: int) -> pd.DataFrame:
    k = np.arange(1, min(30, n_rows) + 1)
    silhouette = 0.25 * np.exp(-(((k - 8) / 9.0) ** 2))
    return pd.DataFrame(
        {
            "n_clusters": k,
            "inertia": 57.0 * n_rows / k**0.4,
            "silhouette": np.where(k == 1, np.nan, silhouette),
        }
    )


def _matching(folder: Path, run_id: str) -> pd.DataFrame:
    """Return each cluster with its commonest genre that no earlier cluster took."""
    dataset, representation = run_id.split(".")[:2]
    rows = artifacts.read_embedding(folder, dataset, representation)
    rows = rows.merge(artifacts.read_clusters(folder, run_id), on=["track_id", "segment"])
    counts = pd.crosstab(rows["cluster"], rows["genre"])
    free, records = list(counts.columns), []
    for cluster, row in counts.iterrows():
        genre = str(row[free].idxmax()) if free and row[free].max() > 0 else ""
        numbers = (int(row[genre]), int(counts[genre].sum())) if genre else (0, 0)
        records.append((run_id, cluster, genre, numbers[0], int(row.sum()), numbers[1]))
        free = [name for name in free if name != genre]
    return pd.DataFrame(records, columns=list(ANALYSES["cluster_matching"].columns))


def _duplicates(dataset: str, tracks: pd.DataFrame) -> pd.DataFrame:
    """Return a pair within the first genre, and one of the first and the second genre."""
    by_genre = tracks.sort_values("track_id").groupby("genre")["track_id"].apply(list)
    (first, second), copies = by_genre.index[:2], []
    for group, pair in enumerate(
        [
            [(by_genre[first][0], first), (by_genre[first][1], first)],
            [(by_genre[first][2], first), (by_genre[second][0], second)],
        ]
    ):
        for track_id, genre in pair:
            copies.append((dataset, group, track_id, genre, group == 1, "features_30s", 1.0))
    return pd.DataFrame(copies, columns=list(ANALYSES["duplicates"].columns))


def _suspicious(dataset: str, tracks: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    genres = sorted(set(tracks["genre"]))
    chosen = tracks.iloc[rng.choice(len(tracks), SUSPICIOUS, replace=False)]
    given = np.sort(rng.uniform(0, 0.2, SUSPICIOUS))
    suggested = np.sort(rng.uniform(0.5, 0.8, SUSPICIOUS))[::-1]
    others = [genres[(genres.index(genre) + 3) % len(genres)] for genre in chosen["genre"]]
    return pd.DataFrame(
        {
            "dataset": dataset, "rank": range(1, SUSPICIOUS + 1),
            "track_id": chosen["track_id"].to_numpy(), "genre": chosen["genre"].to_numpy(),
            "suggested": others, "confidence_given": given, "confidence_suggested": suggested,
            "margin": suggested - given, "n_families_agree": rng.integers(1, 6, SUSPICIOUS),
            "n_families": 6, "duplicate": [k == 2 for k in range(SUSPICIOUS)],
        }
    )  # fmt: skip


def _check(dataset: str) -> pd.DataFrame:
    return pd.DataFrame(
        [(dataset, "a made-up list of faults", SUSPICIOUS, 5, 88, 12, 0.03)],
        columns=list(ANALYSES["label_checks"].columns),
    )
