"""Where the cards of the Compare page lead: songs of one of the models, the others beside it."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from dashboard.figures.difference import DifferenceLead
from dashboard.figures.marks import X, Y, place
from dashboard.leads import SPOKEN_OF, confusion_leads, run_address
from dashboard.links import tracks_href
from dashboard.rows.answers import BOTH, FIRST, NEITHER, SAME, SECOND
from dashboard.rows.comparison import Compared
from dashboard.state import Results

# column of a table of pairs -> what of a pair it counts, and the answers that these songs have
COUNTED = {
    "Same answer": ("agreement", SAME), "Both right": ("both_right", BOTH),
    "Only A right": ("only_a", FIRST), "Only B right": ("only_b", SECOND),
    "Neither right": ("neither", NEITHER),
}  # fmt: skip
MOST_MODELS = 9  # that a list of tracks shows: as many as there are keys


def led_by(comparison: Compared, served_id: str) -> list[str]:
    """Return the compared models, one of them first: lists speak of the first."""
    others = [str(name) for name in comparison.runs["served_id"] if name != served_id]
    return [served_id, *others][:MOST_MODELS]


def addresses(results: Results, comparison: Compared) -> dict[str, Callable[..., str]]:
    """Return by model name what makes addresses of its songs."""
    return {
        str(run["short"]): run_address(results, run, led_by(comparison, run["served_id"])[1:])
        for _, run in comparison.runs.iterrows()
    }


def songs_of(results: Results, comparison: Compared) -> dict[str, pd.DataFrame]:
    """Return confusions counted in songs, by model name."""
    return {name: results.confusion(run_id, "track") for run_id, name in comparison.names.items()}


def genre_lead(results: Results, comparison: Compared, metric: str) -> str:
    """Return the address of the songs that a genre's score speaks of.

    Its places are filled from what ``grouped_genres_figure`` tells of a mark: 1 is the genre, 4 the
    models.
    """
    run = comparison.runs.iloc[0]
    said: dict[str, Any] = {SPOKEN_OF[metric]: place(1)}
    slug = str(results.protocols[run["protocol"]]["slug"])
    return tracks_href(dataset=str(run["dataset"]), protocol=slug, models=[place(4)], **said)


def genre_addresses(
    results: Results, comparison: Compared, metric: str, table: pd.DataFrame
) -> list[str]:
    """Return the same address for each row of a table with ``short`` and ``genre``."""
    of_model = addresses(results, comparison)
    return [
        of_model[short](**{SPOKEN_OF[metric]: genre})
        for short, genre in zip(table["short"], table["genre"], strict=True)
    ]


def matrix_leads(results: Results, comparison: Compared) -> tuple[dict[str, str], list[list[str]]]:
    """Return by model name where its cells lead, and the addresses of a table of all matrices.

    The table has the model's name first, then the true genre, then a column per answer.
    """
    of_model, songs = addresses(results, comparison), songs_of(results, comparison)
    marked = {name: address(true=Y, predicted=X) for name, address in of_model.items()}
    cells = [["", *row] for name in songs for row in confusion_leads(of_model[name], songs[name])]
    return marked, cells


def difference_lead(
    results: Results, comparison: Compared, first: pd.Series, second: pd.Series
) -> DifferenceLead:
    """Return where the cells of A minus B lead: to the songs of the one that has more of them."""
    songs_a, songs_b = (results.confusion(run["id"], "track") for run in (first, second))
    a, b = (
        ",".join(_first(comparison, one, other))
        for one, other in ((first, second), (second, first))
    )
    models = pd.DataFrame(a, index=songs_a.index, columns=songs_a.columns)
    models = models.mask(songs_b > songs_a, b).mask((songs_a == 0) & (songs_b == 0), "")
    slug = str(results.protocols[first["protocol"]]["slug"])
    lead = tracks_href(
        dataset=str(first["dataset"]), protocol=slug, models=[place(0)], true=Y, predicted=X
    )
    return DifferenceLead(lead, songs_a, songs_b, models)


def difference_addresses(results: Results, lead: DifferenceLead, run: pd.Series) -> list[list[str]]:
    """Return the same for the table "true genre, then a column per answer"."""
    address = run_address(results, run)
    return [
        [
            address(true=true),
            *(
                address(models=models.split(","), true=true, predicted=said) if models else ""
                for said, models in row.items()
            ),
        ]
        for true, row in lead.models.iterrows()
    ]


def pair_leads(
    results: Results, comparison: Compared, pairs: pd.DataFrame, columns: Sequence[str]
) -> list[list[str]]:
    """Return the addresses of the rows of a table of pairs: the songs that each number counts.

    Parameters
    ----------
    pairs : DataFrame
        As ``pairs.pairs_of`` returns them.
    columns : sequence of str
        Of the table: those of ``COUNTED`` lead somewhere.
    """
    runs = {str(run["id"]): run for _, run in comparison.runs.iterrows()}
    rows = []
    for _, pair in pairs.iterrows():
        first, second = runs[pair["id_a"]], runs[pair["id_b"]]
        address = run_address(results, first, _first(comparison, first, second)[1:])
        counts = pair.to_dict()
        rows.append(
            [
                address(answer=COUNTED[name][1])
                if name in COUNTED and counts[COUNTED[name][0]]
                else ""
                for name in columns
            ]
        )
    return rows


def pair_lead(results: Results, comparison: Compared, first: pd.Series, second: pd.Series) -> str:
    """Return the address of A and B with a place for what both answer."""
    address = run_address(results, first, _first(comparison, first, second)[1:])
    return address(answer=place(0))


def same_lead(results: Results, comparison: Compared) -> str:
    """Return the address of the songs on which two models agree, with a place for both."""
    address = run_address(results, comparison.runs.iloc[0])
    return address(models=[place(0)], answer=SAME)


def _first(comparison: Compared, one: pd.Series, other: pd.Series) -> list[str]:
    """Return one model, then the other, then the rest of those compared."""
    pair = [str(one["served_id"]), str(other["served_id"])]
    rest = [str(name) for name in comparison.runs["served_id"] if name not in pair]
    return list(dict.fromkeys([*pair, *rest]))[:MOST_MODELS]
