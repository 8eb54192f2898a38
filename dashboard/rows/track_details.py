"""One track: the answers of chosen models, and what the analyses say of it. No statistics."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard.components.formats import format_score
from dashboard.kept import kept
from dashboard.rows import selection
from dashboard.rows.analyses import rows_of_dataset
from dashboard.rows.track_list import known_tracks
from dashboard.state import Results
from pipeline.artifacts import embedding_path


@dataclass(frozen=True)
class Answers:
    """What the models say of a track.

    Attributes
    ----------
    genre : str
        The true one.
    protocol : str
        Short name of the protocol.
    table : DataFrame
        A row a model that was tested on the track: ``name``, ``family``, ``answer``, ``accuracy``
        (of whole songs under this protocol, with interval, as text), ``honest`` (the same under
        the least leaky protocol that the model was tested under), ``honest_protocol``, and
        ``stored``: whether the run stores probabilities.
    probabilities : DataFrame
        Models by genres; missing where none are stored.
    runs : tuple of str
        Of the rows.
    absent : tuple of str
        Names of the models that were not tested on it.
    """

    genre: str
    protocol: str
    table: pd.DataFrame
    probabilities: pd.DataFrame
    runs: tuple[str, ...]
    absent: tuple[str, ...]


def answers_of(
    results: Results,
    track_id: str,
    *,
    protocol: str,
    models: Sequence[str],
    names: Sequence[str],
) -> Answers:
    """Return the answers of models to a track under a protocol."""
    rows, probabilities, runs, absent = [], {}, [], []
    for model, name in zip(models, names, strict=True):
        run_id = f"{model}.{protocol}"
        answers = results.track_answers(run_id)
        if track_id not in answers.index:
            absent.append(name)
            continue
        own = answers.loc[track_id]
        honest, tested = honest_accuracy(results, model)
        values = own.drop(["genre", "answer"]).astype(float)
        rows.append(
            {
                "name": name, "family": results.metadata[run_id]["family"],
                "answer": own["answer"], "accuracy": _accuracy(results, run_id),
                "honest": honest, "honest_protocol": tested, "stored": len(values) > 0,
            }
        )  # fmt: skip
        probabilities[name] = values
        runs.append(run_id)
    return Answers(
        genre=known_tracks(results, models[0].partition(".")[0]).get(track_id, ""),
        protocol=selection.label(results, protocol),
        table=pd.DataFrame(rows),
        probabilities=pd.DataFrame(probabilities, columns=list(probabilities)).T,
        runs=tuple(runs),
        absent=tuple(absent),
    )


@kept()
def honest_accuracy(results: Results, model: str) -> tuple[str, str]:
    """Return a model's accuracy under its least leaky protocol, with interval, and its name."""
    for protocol in reversed(selection.supervised_protocols(results)):
        if f"{model}.{protocol}" in results.metadata:
            text = _accuracy(results, f"{model}.{protocol}")
            return text, selection.label(results, protocol)
    return "", ""


@kept()
def _accuracy(results: Results, run_id: str) -> str:
    row = selection.overall_score(results, run_id, "accuracy", "track")
    return "" if row is None else format_score(row["value"], row["ci_low"], row["ci_high"])


def components_of(results: Results, dataset: str, representation: str) -> int:
    """Return in how many principal components distances are measured; 0 where it is not stored."""
    if not embedding_path(results.folder, dataset, representation).is_file():
        return 0
    return len(results.embedding(dataset, representation).filter(regex=r"^pc\d+$").columns)


def copies_of(results: Results, dataset: str, track_id: str) -> pd.DataFrame:
    """Return the other tracks of its group of copies: ``track_id, genre``."""
    rows = rows_of_dataset(results, "duplicates", dataset)
    group = rows.loc[rows["track_id"] == track_id, "group"]
    return rows[rows["group"].isin(group) & (rows["track_id"] != track_id)][["track_id", "genre"]]


def doubt_of(results: Results, dataset: str, track_id: str) -> pd.Series | None:
    """Return the row of the doubtful labels on a track, or None."""
    rows = rows_of_dataset(results, "suspicious_labels", dataset)
    rows = rows[rows["track_id"] == track_id]
    return None if rows.empty else rows.iloc[0]


def nearest_of(results: Results, dataset: str, track_id: str) -> pd.DataFrame:
    """Return the nearest tracks: ``representation, rank, neighbour, distance, genre``."""
    rows = results.analysis_of_track("nearest_tracks", dataset, track_id)
    genres = known_tracks(results, dataset)
    return rows.assign(genre=[genres.get(name, "") for name in rows["neighbour"]])
