"""What documents are filled from: the results, read once, and how a score is written."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import artifacts
from pipeline.artifacts.analysis import read_analysis

BLANK = "–"  # noqa: RUF001 - the dash of an empty cell


@dataclass(frozen=True)
class Sources:
    """Results, read once."""

    folder: Path
    content: dict[str, Any]
    scores: pd.DataFrame

    def metadata(self, run_id: str) -> dict[str, Any]:
        """Return the metadata of a run."""
        return dict(self.content["metadata"][self.content["ids"].index(run_id)])

    def score(self, run_id: str, unit: str, metric: str = "accuracy") -> pd.Series:
        """Return ``value, ci_low, ci_high`` of an overall score."""
        scores = self.scores
        rows = scores[
            (scores["id"] == run_id)
            & (scores["unit"] == unit)
            & (scores["metric"] == metric)
            & (scores["genre"] == "")
        ]
        if len(rows) != 1:
            raise KeyError(f"no score {metric} of {run_id} by {unit}")
        return rows.iloc[0]


def read_sources(folder: Path) -> Sources:
    """Return what documents are filled from."""
    scores = artifacts.read_scores(folder)
    scores["genre"] = scores["genre"].fillna("")
    return Sources(folder, artifacts.read_results(folder), scores)


def score_text(score: pd.Series) -> str:
    """Return "0.53 [0.47, 0.58]"."""
    return f"{score['value']:.2f} [{score['ci_low']:.2f}, {score['ci_high']:.2f}]"


def points_text(row: pd.Series) -> str:
    """Return "-4.9 points [-7.0, -3.0]" of a difference with its interval."""
    points = [100 * row[name] for name in ("difference", "ci_low", "ci_high")]
    return f"{points[0]:+.1f} points [{points[1]:+.1f}, {points[2]:+.1f}]"


def matching(sources: Sources, kind: str, conditions: tuple[str, ...]) -> pd.DataFrame:
    """Return the rows of an analysis where ``column=value`` for each condition."""
    rows = read_analysis(sources.folder, kind)
    for condition in conditions:
        column, _, value = condition.partition("=")
        rows = rows[rows[column].astype(str) == value]
    return rows


def table_text(heads: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown, on lines of its own."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n" + "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"
