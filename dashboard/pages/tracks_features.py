"""An opened track's features against its genre's distribution: what is unusual, and the others."""

from collections.abc import Sequence

import pandas as pd
from dash import html
from dash.development.base_component import Component

from dashboard.components.attributes import aria
from dashboard.components.code import with_code
from dashboard.components.formats import format_measured
from dashboard.kept import MANY, kept
from dashboard.rows.track_features import features_of
from dashboard.rows.track_list import known_tracks
from dashboard.state import Results
from dashboard.words.feature_words import UNITS, compared
from dashboard.words.wording import counted

MOST_UNUSUAL = 8  # features that are told at once
REPORT = "Run `make results`, which computes it from the data."
OUTERMOST = (0.01, 0.99)  # the quantiles that end a scale


def update_unusual(results: Results, dataset: str, track: str, genre: str) -> list[Component]:
    """Return the features of a track in the outer tenth of its genre, the most unusual first."""
    rows = features_of(results, dataset, track, genre)
    heading = html.H3(f"Unusual for {genre}")
    if rows.empty:
        return [heading, missing("These results do not say where this song stands in its genre.")]
    told = _told(rows)
    if told.empty:
        return [
            html.H3(f"Nothing about it is unusual for {genre}"),
            html.P(
                f"Each of its {counted(len(rows), 'feature')} lies among the middle four fifths of "
                f"{genre} songs.",
                className="fine",
            ),
        ]
    return [heading, html.P(_how_many(rows, told, genre), className="fine"), _strips(told, genre)]


@kept(MANY)
def update_others(results: Results, dataset: str, track: str) -> list[Component]:
    """Return every feature that is not told at once, the most unusual first."""
    genre = known_tracks(results, dataset).get(track or "", "")
    rows = features_of(results, dataset, track, genre)
    if rows.empty:
        return [missing("These results do not say where this song stands in its genre.")]
    others = rows.drop(_told(rows).index)
    if others.empty:
        return [html.P("It has no other features.", className="fine")]
    said = f"{counted(len(others), 'feature')}, the farthest from the middle first. {_legend(rows)}"
    return [html.P(said, className="fine"), _strips(others, genre)]


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["is_unusual"]].head(MOST_UNUSUAL)


def _how_many(rows: pd.DataFrame, told: pd.DataFrame, genre: str) -> str:
    """Return how many features are unusual, and how the lines are read."""
    unusual = int(rows["is_unusual"].sum())
    lie = "lies" if unusual == 1 else "lie"
    said = (
        f"{unusual} of its {counted(len(rows), 'feature')} {lie} in the outer tenth of {genre} "
        "songs on either side"
    )
    said += f"; here are the farthest {len(told)}." if len(told) < unusual else "."
    return f"{said} {_legend(rows)}"


def _legend(rows: pd.DataFrame) -> str:
    """Return how a line is read, and what of it is stored."""
    if rows["value"].isna().all():
        return (
            "Each line: all songs of the genre from the lowest to the highest; dot: this one. The "
            "results store ranks only, no values."
        )
    return (
        "Bar: the middle half of the genre; line: nine in ten; notch: its median; dot: this song. "
        "The results store this song's rank, not its values: they are read off the genre's "
        "quantiles."
    )


def _strips(rows: pd.DataFrame, genre: str) -> html.Ul:
    items = [html.Li([_said(row, genre), _strip(row)]) for _, row in rows.iterrows()]
    return html.Ul(items, className="strips")


def _said(row: pd.Series, genre: str) -> html.Span:
    """Return a feature in words, with its value and the middle half of its genre."""
    said = compared(str(row["feature"]), float(row["place"]), f"{genre} songs")
    parts: list[Component | str] = [said[:1].upper() + said[1:]]
    if pd.notna(row["value"]):
        parts.append(html.Small(_values(row), className="strip-values"))
    return html.Span(parts, title=str(row["feature"]))


def _values(row: pd.Series) -> str:
    """Return "about 3,000 Hz; the middle half: 1,880 to 2,560"."""
    about = "about"
    if row["place"] < OUTERMOST[0]:
        about = "at most"
    elif row["place"] > OUTERMOST[1]:
        about = "at least"
    unit = UNITS.get(str(row["feature"]), "")
    middle = f"{format_measured(row['q25'])} to {format_measured(row['q75'])}"
    value = " ".join(filter(None, [about, format_measured(row["value"]), unit]))
    return f"{value}; the middle half: {middle}"


def _strip(row: pd.Series) -> html.Span:
    """Return the genre's distribution as a line with a bar, and the song's dot on it."""
    if pd.isna(row["value"]):
        return _line([html.Span(className="strip-mark", style=_from(float(row["place"])))])
    at = {name: _along(row, name) for name in ("q5", "q25", "q50", "q75", "q95", "value")}
    return _line(
        [
            html.Span(className="strip-most", style=_from(at["q5"], at["q95"])),
            html.Span(className="strip-half", style=_from(at["q25"], at["q75"])),
            html.Span(className="strip-median", style=_from(at["q50"])),
            html.Span(className="strip-mark", style=_from(at["value"])),
        ],
        "strip strip-scaled",
    )


def _line(marks: Sequence[Component], name: str = "strip") -> html.Span:
    return html.Span(list(marks), className=name, **aria(hidden="true"))


def _along(row: pd.Series, name: str) -> float:
    """Return where a value lies between the outermost quantiles, 0..1."""
    low, high = row["q1"], row["q99"]
    return float((row[name] - low) / (high - low)) if high > low else 0.5


def _from(start: float, end: float | None = None) -> dict[str, str]:
    style = {"left": f"{100 * start:.1f}%"}
    return style if end is None else {**style, "width": f"{100 * (end - start):.1f}%"}


def missing(what: str) -> html.P:
    """Return what the results do not say, and the command that computes it."""
    return html.P(with_code(f"{what} {REPORT}"), className="fine")
