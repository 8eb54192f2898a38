"""The ready-made presentation: ten scenes from the data to the conclusion.

Each scene is a card by its address; its sentence and its numbers are the card's own, computed from
the results at hand. Notes are plain words, and sentences of the Overview where they say more. A
scene that these results have nothing for is left out, and said so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import pandas as pd

from dashboard.pages import clusters, compare, data, model, overview
from dashboard.pages.clusters_updates import features_parameter
from dashboard.pages.model_cards import ABSTENTION, is_there
from dashboard.rows import comparison, selection
from dashboard.rows.analyses import rows_of_dataset
from dashboard.rows.pairs import pairs_of
from dashboard.state import Results
from dashboard.words import sentences

UNIT = "track"


@dataclass(frozen=True)
class Scene:
    """A card by its address, what the scene is called, and what the speaker may say."""

    address: str
    title: str
    notes: str


@dataclass(frozen=True)
class Story:
    """The scenes that the results have, and why others are left out."""

    title: str
    scenes: tuple[Scene, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True)
class Cast:
    """Whom the story is about: one data set, its best models at the first and the last step.

    Attributes
    ----------
    dataset : str
    runs : DataFrame
        As ``selection.stage_runs`` gives them, counting whole songs.
    first, last : Series or None
        The best run as published, and the best under the least leaky protocol.
    """

    results: Results
    dataset: str
    runs: pd.DataFrame
    first: pd.Series | None
    last: pd.Series | None


@dataclass(frozen=True)
class Part:
    """One declared scene: ``address`` and ``notes`` are asked of the results.

    ``title`` may hold {data}, {first} (the first test) and {fall} (what scores do).
    """

    title: str
    address: Callable[[Cast], str]
    notes: Callable[[Cast], str]
    absent: str


def tell(results: Results) -> Story:
    """Return the story of the first data set of these results."""
    cast = _cast(results)
    scenes, skipped = [], []
    for part in PARTS:
        address = part.address(cast)
        if address:
            scenes.append(Scene(address, _named(part.title, cast), part.notes(cast)))
        else:
            skipped.append(f"“{_named(part.title, cast)}” is left out: {part.absent}.")
    title = f"What genre classifiers know of {_data_title(cast)}"
    return Story(title, tuple(scenes), tuple(skipped))


def _cast(results: Results) -> Cast:
    dataset = selection.dataset_parameter(results).default
    if not dataset:
        return Cast(results, next(iter(results.datasets), ""), pd.DataFrame(), None, None)
    runs = selection.stage_runs(results, dataset=dataset, unit=UNIT)
    steps = [step.slug for step in selection.used_stages(results, dataset)]
    first, last = (_best(runs[runs["stage"] == step]) for step in (steps[0], steps[-1]))
    return Cast(results, dataset, runs, first, last)


def _best(runs: pd.DataFrame) -> pd.Series | None:
    return None if runs.empty else runs.iloc[int(runs["value"].argmax())]


def _data_title(cast: Cast) -> str:
    known = cast.dataset in cast.results.datasets
    return selection.data_title(cast.results, cast.dataset) if known else "this data"


def _named(title: str, cast: Cast) -> str:
    first = "" if cast.first is None else f", “{cast.first['tested']}”,"
    fall = "The fall" if _falls(cast) else "From test to test"
    return title.format(data=_data_title(cast), first=first, fall=fall)


def _falls(cast: Cast) -> bool:
    """Return whether the best score of the last test is below the best of the first."""
    if cast.first is None or cast.last is None:
        return False
    return bool(cast.last["value"] < cast.first["value"])


def _address(path: str, card: str, **chosen: str) -> str:
    """Return the address of a card on a page."""
    query = urlencode(chosen, safe=",")
    return f"{path}{'?' if query else ''}{query}#{card}-card"


def _data_card(card: str, kind: str = "") -> Callable[[Cast], str]:
    """Return what gives the address of a card of the Data page, "" without its analysis."""

    def address(cast: Cast) -> str:
        if kind and rows_of_dataset(cast.results, kind, cast.dataset).empty:
            return ""
        return _address(data.PATH, card, dataset=cast.dataset) if cast.dataset else ""

    return address


def _map(cast: Cast) -> str:
    """Return the address of the map of the data set's own features."""
    names = [
        name
        for name in features_parameter(cast.results).options
        if name.partition(".")[0] == cast.dataset
    ]
    return _address(clusters.PATH, clusters.MAP, features=names[0]) if names else ""


def _model_card(card: str, *, as_published: bool = False) -> Callable[[Cast], str]:
    """Return what gives the address of a card of the best model's page."""

    def address(cast: Cast) -> str:
        run = cast.first if as_published else cast.last
        if run is None or (card == ABSTENTION and not is_there(cast.results, run, card)):
            return ""
        before = None if as_published or card != model.CONFUSION else cast.first
        if before is not None and run["id"] == before["id"]:
            return ""  # the same matrix as in the scene of the first test
        return _address(
            model.PATH, card, model=run["served_id"], protocol=_slug(cast, run), unit=UNIT
        )

    return address


def _slug(cast: Cast, run: pd.Series) -> str:
    return str(cast.results.protocols[run["protocol"]]["slug"])


def _fall(cast: Cast) -> str:
    if cast.last is None:
        return ""
    return _address(overview.PATH, overview.FALL, data=cast.dataset, unit=UNIT)


def _significance(cast: Cast) -> str:
    """Return the address of the paired tests between the models that Compare starts with."""
    chosen = comparison.models_parameter(cast.results).default
    if cast.last is None or not chosen:
        return ""
    slug = _slug(cast, cast.last)
    compared = comparison.compared(cast.results, chosen, slug, UNIT)
    if pairs_of(cast.results, compared.runs["id"]).empty:
        return ""
    return _address(compare.PATH, compare.SIGNIFICANCE, models=chosen, protocol=slug, unit=UNIT)


def _said(text: str) -> Callable[[Cast], str]:
    return lambda _cast: text


def _fall_notes(cast: Cast) -> str:
    """Return what the Overview says of the best model, and the size control of its fall."""
    headline = sentences.headline(cast.results, cast.dataset, UNIT, selection.ALL)
    left = sentences.remainder(cast.results, cast.dataset, UNIT, selection.ALL)
    return f"Each line is a model. Follow one from left to right. {headline} {left}".strip()


def _first_notes(cast: Cast) -> str:
    """Return how the first test splits, and how to read its matrix."""
    return f"{_explained(cast, cast.first)} What lies on the diagonal is right.".strip()


def _genres_notes(cast: Cast) -> str:
    """Return under which test the bars were measured, and what it holds out."""
    tested = "" if cast.last is None else f" under “{cast.last['tested']}”"
    said = f"The best model{tested}. {_explained(cast, cast.last)}".strip()
    return f"{said} Thin bars are intervals: be modest."


def _errors_notes(cast: Cast) -> str:
    """Return which matrix to compare with."""
    before = "before" if cast.first is None else f"under “{cast.first['tested']}”"
    return f"Go back to the matrix {before}, and compare: rows are true genres in both."


def _explained(cast: Cast, run: pd.Series | None) -> str:
    """Return what a run's protocol says of itself."""
    return "" if run is None else str(cast.results.protocols[run["protocol"]]["explanation"])


PARTS: tuple[Part, ...] = (
    Part(
        "What {data} is",
        _data_card(data.GENRES),
        _said("This is the music that the models of this story learned from."),
        "these results name no data set",
    ),
    Part(
        "Some songs are there twice",
        _data_card(data.DUPLICATES, "duplicates"),
        _said(
            "A copy in the training part gives the answer away. Where two copies carry different "
            "genres, nobody can be right about both."
        ),
        "these results list no copies",
    ),
    Part(
        "Some labels are doubtful",
        _data_card(data.SUSPICIOUS, "suspicious_labels"),
        _said("No model can be better than its labels. Listen to a few before trusting a point."),
        "these results check no labels",
    ),
    Part(
        "Genres are not islands",
        _map,
        _said("The features know no labels. Where colours mix, no model will find it easy."),
        "these results hold no map of features",
    ),
    Part(
        "What the first test{first} says",
        _model_card(model.CONFUSION, as_published=True),
        _first_notes,
        "no model was tested",
    ),
    Part(
        "{fall}",
        _fall,
        _fall_notes,
        "no model was tested",
    ),
    Part(
        "What is left, genre by genre",
        _model_card(model.GENRES),
        _genres_notes,
        "no model was tested",
    ),
    Part(
        "Where it errs",
        _model_card(model.CONFUSION),
        _errors_notes,
        "no model was tested in a second way",
    ),
    Part(
        "Is one model better than another?",
        _significance,
        _said("Same songs, paired tests, corrected for asking often. “Tied” is an answer."),
        "these results hold no paired tests",
    ),
    Part(
        "Conclusion: let it answer where it is sure",
        _model_card(ABSTENTION),
        _said(
            "Test on what a model cannot know, give intervals, and let it say “I do not know”: "
            "then what is left can be used."
        ),
        "these results do not say how sure the best model is",
    ),
)
