"""What all models under a protocol say of an opened track: a table, on request."""

from collections.abc import Sequence

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import data
from dashboard.components.formats import format_score
from dashboard.kept import MANY, kept
from dashboard.pages.tracks_choices import resolved
from dashboard.rows import selection
from dashboard.rows.all_answers import all_answers, tested_models
from dashboard.rows.track_list import known_tracks
from dashboard.state import Results
from dashboard.words.wording import counted


@kept(MANY)
def update_all(results: Results, dataset: str, protocol: str, track: str) -> list[Component]:
    """Return how many models are right on a track, and a row for each of them."""
    dataset, slug, _ = resolved(results, dataset, protocol, "")
    genre = known_tracks(results, dataset).get(track or "")
    if genre is None:
        return []
    tested = selection.protocol_of(results, slug)
    rows = all_answers(results, dataset, tested, track)
    said = _sentence(
        rows, genre, selection.label(results, tested), len(tested_models(results, dataset, tested))
    )
    return [html.P(said, className="fine"), *([_table(rows, genre)] if len(rows) else [])]


def _sentence(rows: pd.DataFrame, genre: str, label: str, n_models: int) -> str:
    """Return how many of the models under a protocol were tested on the track and are right."""
    under = f"Of {counted(n_models, 'model')} under “{label}”"
    if rows.empty:
        return f"{under} none was tested on this song: it is in the training part, or was left out."
    right = int((rows["answer"] == genre).sum())
    left = n_models - len(rows)
    absent = f" {left} {'was' if left == 1 else 'were'} not tested on it." if left else ""
    calls = "call" if right > 1 else "calls"
    return f"{under} {right or 'none'} {calls} it {genre}.{absent} The most accurate come first."


def _table(rows: pd.DataFrame, genre: str) -> html.Table:
    """Return the table; the roles stay where a phone shows rows as blocks."""
    heads = ["Model", "Answer", f"Probability of {genre}", "Accuracy, songs"]
    columns = [html.Th(head, scope="col", role="columnheader") for head in heads]
    body = [_row(row, genre, heads) for _, row in rows.iterrows()]
    return html.Table(
        [html.Thead(html.Tr(columns, role="row")), html.Tbody(body)],
        className="numbers many all-models",
        role="table",
    )


def _row(row: pd.Series, genre: str, heads: Sequence[str]) -> html.Tr:
    right = row["answer"] == genre
    cells = [
        row["name"],
        html.Span(f"{'✓' if right else '✗'} {row['answer']}", title="right" if right else "wrong"),
        format_score(row["probability"]),
        format_score(row["value"], row["ci_low"], row["ci_high"]),
    ]
    labelled = zip(cells, heads, strict=True)
    return html.Tr(
        [html.Td(cell, role="cell", **data(label=head)) for cell, head in labelled], role="row"
    )
