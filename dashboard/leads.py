"""Where marks, cells and rows lead: to the list of the tracks behind a number.

A figure carries an address with places to fill from the mark that is clicked (figures/marks.py);
its card's table has the same addresses cell by cell, so that the keyboard gets there too. Lists
hold songs: what counts segments leads to the songs that are named so as a whole. The browser adds
the way back (assets/leads.js).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd

from dashboard.links import tracks_href
from dashboard.rows.selection import supervised_protocols
from dashboard.state import Results

SONGS_NOTE = "Cells count segments; each leads to the songs that are named so as a whole."
# which songs a score of one genre speaks of: those named so, or those that are so
SPOKEN_OF = {"precision": "predicted", "recall": "true", "f1": "true"}


def run_address(results: Results, run: pd.Series, others: Iterable[str] = ()) -> Callable[..., str]:
    """Return ``tracks_href`` for a run: its data set, protocol and model are filled in.

    Parameters
    ----------
    run : Series
        ``served_id, dataset, protocol``.
    others : iterable of str
        Served ids of models to show beside it.
    """
    models = [str(run["served_id"]), *others]
    slug = str(results.protocols[run["protocol"]]["slug"])

    def address(**said: Any) -> str:
        return tracks_href(dataset=str(run["dataset"]), protocol=slug, **{"models": models, **said})

    return address


def tracks_of(results: Results, dataset: str) -> Callable[..., str]:
    """Return ``tracks_href`` for tracks of a data set as such, whatever a model says of them."""
    slug = widest_protocol(results, dataset)

    def address(**said: Any) -> str:
        return tracks_href(dataset=dataset, protocol=slug, **said)

    return address


def widest_protocol(results: Results, dataset: str) -> str:
    """Return the slug of the protocol that tests most tracks of a data set, "" where none does.

    A list of tracks that is not about one run's answers is asked for under it, so that as few as
    possible are missing. Of equally wide ones it is the least leaky.
    """
    runs = results.runs[(results.runs["dataset"] == dataset) & (results.runs["variant"] == "")]
    scores = results.scores
    tested = scores[
        (scores["unit"] == "track") & (scores["metric"] == "accuracy") & (scores["genre"] == "")
    ]
    widths = runs.merge(tested[["id", "n_units"]], on="id").groupby("protocol")["n_units"].max()
    names = [name for name in supervised_protocols(results) if name in widths.index]
    best = max(names, key=lambda name: (widths[name], results.protocols[name]["order"]), default="")
    return str(results.protocols[best]["slug"]) if best else ""


def confusion_leads(address: Callable[..., str], counts: pd.DataFrame) -> list[list[str]]:
    """Return the addresses of the cells of a table "true genre, then a column per answer".

    Parameters
    ----------
    address : callable
        As ``run_address`` returns it.
    counts : DataFrame
        Songs; a cell without any leads nowhere.
    """
    return [
        [
            address(true=true),
            *(address(true=true, predicted=said) if songs else "" for said, songs in row.items()),
        ]
        for true, row in counts.iterrows()
    ]


def in_column(table: pd.DataFrame, column: str, addresses: Sequence[str]) -> list[list[str]]:
    """Return the addresses of a table's cells where only one column leads somewhere."""
    own = list(table.columns).index(column)
    return [
        [one if place == own else "" for place in range(len(table.columns))] for one in addresses
    ]
