"""Every tested track of a data set under a protocol, with what each chosen model answers.

Rows are joined from the runs' predictions and from the analyses of copies and doubtful labels,
then filtered by what the address says. The first model leads: filters speak of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from dashboard.kept import FEW, kept
from dashboard.rows.analyses import rows_of_dataset
from dashboard.rows.answers import answered
from dashboard.rows.near import Area, tracks_in
from dashboard.rows.sureness import step_of
from dashboard.state import Results
from pipeline.artifacts import embedding_path

DUPLICATE, LABEL = "duplicate", "label"


@dataclass(frozen=True)
class Wanted:
    """Which tracks to list, as an address says it.

    Attributes
    ----------
    dataset, protocol : str
        Ids.
    models : tuple of str
        Served ids, each with a run under this protocol; the one that leads comes first.
    true, predicted : str
        Genres; "" for any. ``predicted`` and ``answer`` speak of the first model.
    answer : str
        Of the first model, or of the first two: see ``answers``; "" for any.
    sure : str
        A step of the probability that the first model gives its answer: see ``sureness``; "" for
        any.
    flag : "duplicate", "label" or ""
    area : Area or None
    ids : tuple of str
        Only these tracks; empty for any.
    chips : tuple of str
        The same models in the order in which the page shows them; empty where it is that one.
    """

    dataset: str
    protocol: str
    models: tuple[str, ...]
    true: str = ""
    predicted: str = ""
    answer: str = ""
    sure: str = ""
    flag: str = ""
    area: Area | None = None
    ids: tuple[str, ...] = field(default=())
    chips: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class TrackList:
    """Tracks with answers.

    Attributes
    ----------
    runs : tuple of str
        Run id of each model.
    names : tuple of str
        Short name of each model, unique.
    tested : DataFrame
        All tested tracks, by ``track_id``: ``genre``, ``copy`` (bool), ``suggested`` (genre or
        ""), ``second`` (the first model's second most probable genre, or "") and ``margin`` (its
        first minus its second probability), and for model k ``answer_k`` and ``probability_k``
        (of its answer), missing where it was not tested on the track.
    table : DataFrame
        Those of them that are wanted.
    """

    wanted: Wanted
    runs: tuple[str, ...]
    names: tuple[str, ...]
    tested: pd.DataFrame
    table: pd.DataFrame

    @property
    def order(self) -> tuple[int, ...]:
        """Places of the models in the order in which the page shows them."""
        shown = self.wanted.chips or self.wanted.models
        return tuple(self.wanted.models.index(model) for model in shown)

    def right(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return by track and model whether the answer is right; False where there is none."""
        answers = table[[f"answer_{place}" for place in range(len(self.runs))]]
        return answers.eq(table["genre"], axis=0)


def track_list(results: Results, wanted: Wanted, names: Sequence[str]) -> TrackList:
    """Return the tracks that are wanted; ``names`` are the models' short names."""
    runs = tuple(f"{model}.{wanted.protocol}" for model in wanted.models)
    tested = _tested(results, wanted.dataset, runs)
    return TrackList(wanted, runs, tuple(names), tested, _filtered(results, tested, wanted))


@kept(FEW)
def _tested(results: Results, dataset: str, runs: Sequence[str]) -> pd.DataFrame:
    """Return every track that one of the runs was tested on, with all answers."""
    answers = [results.track_answers(run) for run in runs]
    genres = pd.concat([table["genre"] for table in answers] or [pd.Series(dtype=object)])
    genres = genres[~genres.index.duplicated()].sort_index()
    table = pd.DataFrame({"genre": genres.astype(object)})
    for place, own in enumerate(answers):
        two = _two_largest(own)
        table[f"answer_{place}"] = own["answer"].astype(object).reindex(table.index)
        table[f"probability_{place}"] = two["first"].reindex(table.index)
        if place == 0:
            table["second"] = two["genre"].reindex(table.index).fillna("")
            table["margin"] = (two["first"] - two["second"]).reindex(table.index)
    copies = rows_of_dataset(results, "duplicates", dataset)
    labels = rows_of_dataset(results, "suspicious_labels", dataset)
    suggested = labels.set_index("track_id")["suggested"].astype(object)
    table["copy"] = table.index.isin(copies["track_id"])
    table["suggested"] = suggested.reindex(table.index).fillna("")
    return table


def _two_largest(answers: pd.DataFrame) -> pd.DataFrame:
    """Return the largest and second largest probability, and the second's genre.

    Columns ``first, second, genre``; NaN and "" where none are stored.
    """
    probabilities = answers.drop(columns=["genre", "answer"])
    if probabilities.shape[1] < 2:
        return pd.DataFrame({"first": np.nan, "second": np.nan, "genre": ""}, answers.index)
    values = probabilities.to_numpy(float)
    row = np.arange(len(values))
    best = values.argmax(axis=1)
    others = values.copy()
    others[row, best] = -1.0
    next_best = others.argmax(axis=1)
    genres = probabilities.columns.to_numpy(dtype=object)
    return pd.DataFrame(
        {"first": values[row, best], "second": values[row, next_best], "genre": genres[next_best]},
        answers.index,
    )


def _filtered(results: Results, tested: pd.DataFrame, wanted: Wanted) -> pd.DataFrame:
    """Return the rows that meet every condition."""
    kept = pd.Series(True, index=tested.index)
    if wanted.true:
        kept &= tested["genre"] == wanted.true
    if wanted.models and wanted.predicted:
        kept &= tested["answer_0"] == wanted.predicted
    if wanted.models and wanted.answer:
        kept &= answered(tested, wanted.answer)
    if wanted.models and wanted.sure:
        kept &= step_of(tested["probability_0"]) == wanted.sure
    if wanted.flag:
        kept &= tested["copy"] if wanted.flag == DUPLICATE else tested["suggested"] != ""
    if wanted.area is not None:
        kept &= tested.index.isin(area_tracks(results, wanted.area))
    if wanted.ids:
        kept &= tested.index.isin(wanted.ids)
        # a list of ids is a playlist in the order that it was asked for
        return tested[kept].loc[[name for name in wanted.ids if name in tested.index[kept]]]
    return tested[kept]


def area_tracks(results: Results, area: Area) -> list[str]:
    """Return the tracks in an area; none where its map is not in the results."""
    if not embedding_path(results.folder, area.dataset, area.representation).is_file():
        return []
    return tracks_in(area, results.embedding(area.dataset, area.representation))


@kept()
def known_tracks(results: Results, dataset: str) -> dict[str, str]:
    """Return every track of a data set that the results name, with its genre."""
    known: dict[str, str] = {}
    for representation in results.representations:
        if embedding_path(results.folder, dataset, representation).is_file():
            rows = results.embedding(dataset, representation).drop_duplicates("track_id")
            known |= dict(zip(rows["track_id"], rows["genre"], strict=True))
    return known or _tested_somehow(results, dataset)


def _tested_somehow(results: Results, dataset: str) -> dict[str, str]:
    """Return the tracks that one run of each protocol was tested on, with their genres."""
    runs = results.runs
    runs = runs[
        (runs["dataset"] == dataset)
        & (runs["variant"] == "")
        & (runs["technique"] != "unsupervised")
    ]
    known: dict[str, str] = {}
    for run_id in runs.drop_duplicates("protocol")["id"]:
        genre = results.track_answers(run_id)["genre"]
        known |= dict(zip(genre.index, genre, strict=True))
    return known
