"""The genres that a served model's set of 90 % holds, from the analysis "set_thresholds"."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.artifacts.analysis import has_analysis, read_analysis

KIND = "set_thresholds"


@dataclass(frozen=True)
class SetRule:
    """From which probability on a genre is in the set, and what such sets were worth.

    Attributes
    ----------
    threshold : float
    target : float
        Share of tracks whose set shall hold the right genre.
    coverage : dict
        ``value, ci_low, ci_high``: the share that did, on the test tracks of ``run_id``.
    mean_size : float
        Genres in a set there.
    """

    run_id: str
    threshold: float
    target: float
    coverage: dict[str, float | None]
    mean_size: float
    n_tracks: int

    def of(self, genres: list[str], mean: np.ndarray) -> dict[str, Any]:
        """Return the set of a clip, the most probable genre first, as the answer holds it."""
        order = np.argsort(-mean, kind="stable")
        return {
            "genres": [genres[place] for place in order if mean[place] >= self.threshold],
            "target": self.target,
            "threshold": self.threshold,
            "coverage": self.coverage,
            "mean_size": self.mean_size,
            "n_tracks": self.n_tracks,
            "id": self.run_id,
        }


def read_set_rules(results: Path) -> dict[str, SetRule]:
    """Return the rules by served model, <dataset>.<representation>.<model>; empty without them."""
    if not has_analysis(results, KIND):
        return {}
    return {
        str(row["id"]).rpartition(".")[0]: SetRule(
            run_id=str(row["id"]),
            threshold=float(row["threshold"]),
            target=round(float(row["target"]), 4),
            coverage=rounded(row, value="coverage", ci_low="ci_low", ci_high="ci_high"),
            mean_size=round(float(row["mean_size"]), 4),
            n_tracks=int(row["n"]),
        )
        for row in read_analysis(results, KIND).to_dict("records")
    }


def rounded(row: dict[Any, Any], **columns: str) -> dict[str, float | None]:
    """Return named numbers of a row with four digits; None where there is no number."""
    values = {name: float(row[column]) for name, column in columns.items()}
    return {name: None if np.isnan(value) else round(value, 4) for name, value in values.items()}
