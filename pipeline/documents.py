"""Documents whose numbers come from ``results/``: what stands between two marks is computed.

A mark names what belongs there, and the next mark closes it; readers of the rendered page see
neither: ``<!-- score gtzan.features_3s.lightgbm.track_kfold track -->0.81 [...]<!-- / -->``.
``python -m pipeline document`` rewrites what stands between; a test fails when it would change.
"""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import artifacts
from pipeline.artifacts import RunId
from pipeline.artifacts.analysis import read_analysis
from pipeline.config import REPOSITORY

DOCUMENTS = ("README.md", "docs/method.md")
MARK = re.compile(r"<!-- (?P<what>[a-z][^>]*?) -->(?P<text>.*?)<!-- / -->", re.DOTALL)
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


def filled(text: str, sources: Sources) -> str:
    """Return a document with every marked place written anew.

    Raises
    ------
    ValueError
        If a mark names what there is not.
    """

    def written(found: re.Match[str]) -> str:
        name, *arguments = shlex.split(found["what"])
        try:
            content = FIELDS[name](sources, *arguments)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            problem = f"the mark <!-- {found['what']} --> cannot be filled: {error}"
            raise ValueError(problem) from error
        return f"<!-- {found['what']} -->{content}<!-- / -->"

    return MARK.sub(written, text)


def write_documents(folder: Path) -> list[str]:
    """Rewrite the documents from the results in ``folder``; return those that changed."""
    sources = read_sources(folder)
    changed = []
    for name in DOCUMENTS:
        path = REPOSITORY / name
        text = path.read_text(encoding="utf-8")
        fresh = filled(text, sources)
        if fresh != text:
            path.write_text(fresh, encoding="utf-8")
            changed.append(name)
    return changed


def score_text(score: pd.Series) -> str:
    """Return "0.53 [0.47, 0.58]"."""
    return f"{score['value']:.2f} [{score['ci_low']:.2f}, {score['ci_high']:.2f}]"


def _score(sources: Sources, run_id: str, unit: str, metric: str = "accuracy") -> str:
    return score_text(sources.score(run_id, unit, metric))


def _percent(sources: Sources, run_id: str, unit: str) -> str:
    return f"{100 * sources.score(run_id, unit)['value']:.0f} %"


def _metadata(sources: Sources, run_id: str, key: str) -> str:
    value = sources.metadata(run_id)[key]
    return f"{value:.0f}" if isinstance(value, float) else str(value)


def _analysis(sources: Sources, kind: str, column: str, form: str, *conditions: str) -> str:
    """One number of an analysis: the row where ``column=value`` for each condition."""
    rows = _matching(sources, kind, conditions)
    if len(rows) != 1:
        raise ValueError(f"{len(rows)} rows of {kind} match {conditions}")
    return format(rows.iloc[0][column], form)


def _count(sources: Sources, kind: str, column: str, *conditions: str) -> str:
    """How many different values a column has where the conditions hold."""
    return str(_matching(sources, kind, conditions)[column].nunique())


def _difference(sources: Sources, run_id: str, variant: str) -> str:
    """What a variant changes, in points with its interval."""
    row = _matching(
        sources, "variant_effects", (f"base_id={run_id}", f"variant={variant}", "unit=track")
    ).iloc[0]
    points = [100 * row[name] for name in ("difference", "ci_low", "ci_high")]
    return f"{points[0]:+.1f} points [{points[1]:+.1f}, {points[2]:+.1f}]"


def _matching(sources: Sources, kind: str, conditions: tuple[str, ...]) -> pd.DataFrame:
    rows = read_analysis(sources.folder, kind)
    for condition in conditions:
        column, _, value = condition.partition("=")
        rows = rows[rows[column].astype(str) == value]
    return rows


def _scores_table(sources: Sources, dataset: str, unit: str, *wanted: str) -> str:
    """Models with their accuracies under all protocols; ``wanted``: representations, served ids."""
    content = sources.content
    plain = [
        RunId.parse(metadata["id"])
        for metadata in content["metadata"]
        if metadata["dataset"] == dataset
        and metadata["variant"] is None
        and metadata["accuracy"]
        and unit in metadata["accuracy"]
        and (not wanted or {metadata["representation"], _served(metadata)} & set(wanted))
    ]
    order = {name: entry["order"] for name, entry in content["protocols"].items()}
    protocols = sorted({run_id.protocol for run_id in plain}, key=lambda name: order[name])
    heads = ["model", "data", *(content["protocols"][name]["label"] for name in protocols)]
    lines = [_row(heads), _row(["---"] * len(heads))]
    ids = {str(run_id) for run_id in plain}
    for served_id in dict.fromkeys(run_id.served_id for run_id in plain):
        cells = [
            score_text(sources.score(f"{served_id}.{name}", unit))
            if f"{served_id}.{name}" in ids
            else BLANK
            for name in protocols
        ]
        first = next(run_id for run_id in plain if run_id.served_id == served_id)
        title = sources.metadata(str(first))["title"]
        short = content["representations"][first.representation]["short"]
        lines.append(_row([title, short, *cells]))
    return "\n" + "\n".join(lines) + "\n"


def _published_table(sources: Sources) -> str:
    """Published figures beside ours, with the range over seeds where there is one."""
    ranges = read_analysis(sources.folder, "seed_ranges")
    heads = ["model", "data", "split", "published", "ours [95 %]", "seeds, least to greatest"]
    lines = [_row(heads), _row(["---"] * len(heads))]
    for metadata in sources.content["metadata"]:
        published = metadata["published"]
        if not published:
            continue
        run_id = RunId.parse(metadata["id"])
        own = ranges[
            (ranges["representation"] == run_id.representation)
            & (ranges["model"] == run_id.model)
            & (ranges["protocol"] == run_id.protocol)
            & (ranges["unit"] == published["unit"])
        ]
        seeds = BLANK
        if len(own):
            seeds = f"{own.iloc[0]['low']:.3f} to {own.iloc[0]['high']:.3f}"
        cells = [
            metadata["title"],
            sources.content["representations"][run_id.representation]["short"],
            sources.content["protocols"][run_id.protocol]["label"],
            f"{published['accuracy']:.3f}",
            score_text(sources.score(metadata["id"], published["unit"])),
            seeds,
        ]
        lines.append(_row(cells))
    return "\n" + "\n".join(lines) + "\n"


def _candidates_table(sources: Sources) -> str:
    """What validation chose for each protocol, and what the test part said afterwards."""
    heads = ["protocol", "unit", "chosen on validation", "validation", "test [95 %]"]
    lines = [_row(heads), _row(["---"] * len(heads))]
    for protocol, choice in artifacts.read_candidates(sources.folder).items():
        run_id = RunId.parse(choice["id"])
        title = sources.metadata(choice["id"])["title"]
        short = sources.content["representations"][run_id.representation]["short"]
        cells = [
            sources.content["protocols"][protocol]["label"],
            choice["unit"],
            f"{title}, {short}",
            f"{choice['accuracy']:.3f}",
            score_text(sources.score(choice["id"], choice["unit"])),
        ]
        lines.append(_row(cells))
    return "\n" + "\n".join(lines) + "\n"


def _ranking_table(sources: Sources) -> str:
    """Every candidate with its accuracy on the validation units of each protocol."""
    content, candidates = sources.content, artifacts.read_candidates(sources.folder)
    heads = ["candidate", "data", *(content["protocols"][name]["label"] for name in candidates)]
    found: dict[str, dict[str, float]] = {}
    for protocol, choice in candidates.items():
        for entry in choice["ranking"]:
            served_id = RunId.parse(entry["id"]).served_id
            found.setdefault(served_id, {})[protocol] = entry["accuracy"]
    lines = [_row(heads), _row(["---"] * len(heads))]
    for served_id, accuracies in found.items():
        representation = served_id.split(".")[1]
        title = sources.metadata(f"{served_id}.{next(iter(accuracies))}")["title"]
        cells = [f"{accuracies[name]:.3f}" if name in accuracies else BLANK for name in candidates]
        lines.append(_row([title, content["representations"][representation]["short"], *cells]))
    return "\n" + "\n".join(lines) + "\n"


def _served(metadata: dict[str, Any]) -> str:
    return RunId.parse(metadata["id"]).served_id


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


FIELDS: dict[str, Callable[..., str]] = {
    "score": _score,
    "percent": _percent,
    "metadata": _metadata,
    "analysis": _analysis,
    "count": _count,
    "difference": _difference,
    "scores": _scores_table,
    "published": _published_table,
    "candidates": _candidates_table,
    "ranking": _ranking_table,
}
