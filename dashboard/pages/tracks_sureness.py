"""How sure the leading model is of its answers to a list; each bar leads to its songs."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard import theme
from dashboard.components.card import CardContent
from dashboard.components.formats import format_count
from dashboard.figures.marks import place
from dashboard.figures.sureness import sureness_figure
from dashboard.kept import FEW, kept
from dashboard.links import tracks_href
from dashboard.pages.tracks_choices import LISTED, chosen_list
from dashboard.query import listed
from dashboard.rows import selection
from dashboard.rows.answers import RIGHT, WRONG, narrowed
from dashboard.rows.sureness import STEPS, sureness_counts
from dashboard.rows.track_list import TrackList
from dashboard.state import Results


@kept(FEW)
def update_sureness(results: Results, *chosen: Any) -> CardContent | None:
    """Return how sure the leading model is of its answers; None where the list is empty."""
    *choice, mode = chosen
    tracks = chosen_list(results, *choice)
    counts = sureness_counts(tracks.table)
    if counts is None:
        return None
    label = selection.label(results, tracks.wanted.protocol)
    addresses = _addresses(results, tracks, dict(zip(LISTED, choice, strict=True)))
    table = counts.rename(index=STEPS).rename_axis("Probability of the answer").reset_index()
    table.columns = pd.Index(["Probability of the answer", "Right", "Wrong"])
    table["Model"], table["Protocol"] = tracks.names[0], label
    return CardContent(
        sureness_sentence(tracks, counts.rename(index=STEPS), label),
        sureness_figure(counts, addresses, mode=theme.as_mode(mode)),
        table,
        runs=tracks.runs[:1],
        leads=_cells(counts, addresses),
    )


def _addresses(results: Results, tracks: TrackList, choice: Mapping[str, Any]) -> dict[str, str]:
    """Return the address of the right, and of the wrong songs of a step, with a place for it.

    "" where the choices of the page cannot say which these are.
    """
    wanted = tracks.wanted
    answers = {kind: narrowed(wanted.answer, kind) for kind in (RIGHT, WRONG)}
    return {
        kind: tracks_href(
            dataset=wanted.dataset,
            protocol=str(results.protocols[wanted.protocol]["slug"]),
            models=wanted.chips or wanted.models,
            lead=choice["lead"] if choice["lead"] == wanted.models[0] else "",
            true=wanted.true, predicted=wanted.predicted, answer=answer, sure=place(0),
            flag=wanted.flag, near=choice["near"], ids=listed(choice["ids"]),
        )
        if answer
        else ""
        for kind, answer in answers.items()
    }  # fmt: skip


def _cells(counts: pd.DataFrame, addresses: Mapping[str, str]) -> list[list[str]]:
    """Return the addresses of the table's cells; one that counts no song leads nowhere."""
    rows = []
    for step, row in counts.iterrows():
        filled = [addresses[kind].replace("%7B0%7D", str(step)) for kind in counts.columns]
        cells = [to if songs else "" for to, songs in zip(filled, row, strict=True)]
        rows.append(["", *cells, "", ""])
    return rows


def sureness_sentence(tracks: TrackList, counts: pd.DataFrame, label: str) -> str:
    """Return what happens where the model is surest, and where least."""
    filled = counts[counts.sum(axis=1) > 0]
    start = f"Under “{label}”, {tracks.names[0]}"
    bars = "Each bar counts the songs of this list; hatched: wrong."
    for kind, other in (("right", "wrong"), ("wrong", "right")):
        if not filled[other].any():
            most = str(filled[kind].idxmax())
            return (
                f"{start} is {kind} on every song of this list; most often it gives its answer a "
                f"probability of {most} ({_songs(filled[kind].max())}). {bars}"
            )
    said = [f"where it is surest ({filled.index[-1]}) on {_part(filled.iloc[-1])}"]
    if len(filled) > 1:
        said.append(f"where it is least sure ({filled.index[0]}) on {_part(filled.iloc[0])}")
    return f"{start} is right {', '.join(said)}. {bars}"


def _part(step: pd.Series) -> str:
    return f"{format_count(step['right'])} of {_songs(step.sum())}"


def _songs(count: float) -> str:
    return f"{format_count(count)} {'song' if count == 1 else 'songs'}"
