"""Why the models gave their answers to a clip: four small figures. No Dash here.

``answer`` is the JSON of ``POST /api/predict``; what is said of it is in ``why_sentences``.
"""

from typing import Any

import plotly.graph_objects as go

from dashboard import theme
from dashboard.components.formats import format_clock
from dashboard.figures.labels import wrapped
from dashboard.figures.predict import Answer, model_name, short_name
from dashboard.theme import Mode
from dashboard.words.feature_words import USUAL, plain_name
from dashboard.words.why_sentences import differing, told_first

Model = dict[str, Any]

ROW_PX = {"wide": 38, "narrow": 56}
TICKS_PX, TITLE_PX, LEGEND_PX = 28, 28, {"wide": 32, "narrow": 52}
TOP_PX = 8
MOST_FEATURES = MOST_OTHERS = 6
BELOW_NAME = 0.24  # of a row: where its marks are on a phone, whose names stand above them
LEFT_PX = 300  # room of a model's or a feature's name on a wide page
LETTERS = 40  # of a line of it
ROLES = {"decided": "decided", "for": "same genre", "against": "another genre"}


def rows_height_px(n_rows: int, *, titled: bool, legend: bool, narrow: bool) -> int:
    """Return the height of a figure with so many rows."""
    rows = max(1, n_rows) * ROW_PX["narrow" if narrow else "wide"]
    return TOP_PX + rows + _bottom_px(titled=titled, legend=legend, narrow=narrow)


def _bottom_px(*, titled: bool, legend: bool, narrow: bool) -> int:
    legend_px = LEGEND_PX["narrow" if narrow else "wide"]
    return TICKS_PX + titled * TITLE_PX + legend * legend_px


def windows_figure(answer: Answer, *, mode: Mode, narrow: bool) -> go.Figure:
    """Return a row of windows for each model: those that decided, and those that spoke against."""
    ground = theme.SURFACE[mode]
    edge = {"width": 1, "color": ground}
    looks: dict[str, dict[str, Any]] = {
        "decided": {"color": theme.ACCENT[mode], "line": edge},
        "for": {"color": theme.FAINT[mode], "line": edge},
        "against": {"color": ground, "line": {"width": 1.5, "color": theme.WRONG[mode]}},
    }
    figure = go.Figure()
    for role, name in ROLES.items():
        rows = [
            (row, window)
            for row, model in enumerate(answer["models"])
            for window in model["why"]["windows"]
            if window["role"] == role
        ]
        figure.add_bar(
            base=[window["start_s"] for _, window in rows],
            x=[window["end_s"] - window["start_s"] for _, window in rows],
            y=[row for row, _ in rows],
            width=0.4 if narrow else 0.62,
            offset=0.05 if narrow else -0.31,
            orientation="h",
            name=name,
            marker=looks[role],
            customdata=[
                [format_clock(window["start_s"]), format_clock(window["end_s"]), window["genre"]]
                for _, window in rows
            ],
            hovertemplate="%{customdata[0]} to %{customdata[1]}: %{customdata[2]}, "
            f"{name}<extra></extra>",
        )
    names = [_row_name(model, narrow=narrow) for model in answer["models"]]
    _as_rows(figure, names, mode=mode, narrow=narrow)
    figure.update_xaxes(range=[0, answer["duration_s"]], title="seconds", showgrid=False)
    figure.update_layout(barmode="overlay")
    return figure


def features_figure(model: Model, *, mode: Mode, narrow: bool) -> go.Figure:
    """Return where the clip's features stand in the genre that a model answered.

    Those that have words come first, as in the sentence; each farthest first.
    """
    features = told_first(model["why"]["features"])[:MOST_FEATURES]
    genre = model["why"]["compared_with"]["genre"]
    figure = go.Figure(
        go.Scatter(
            x=[one["percentile"] for one in features],
            y=[row + narrow * BELOW_NAME for row in range(len(features))],
            mode="markers",
            marker={"size": 11, "color": theme.ACCENT[mode]},
            cliponaxis=False,
            customdata=[[plain_name(one["feature"]), one["value"]] for one in features],
            hovertemplate="%{customdata[0]}: %{customdata[1]:.4g}, above about %{x:.0%} of "
            f"{genre}<extra></extra>",
        )
    )
    figure.add_vrect(
        x0=USUAL[0], x1=USUAL[1], fillcolor=theme.GRID[mode], opacity=0.6, line_width=0,
        layer="below",
    )  # fmt: skip
    names = [plain_name(one["feature"]) for one in features]
    _as_rows(figure, names, mode=mode, narrow=narrow)
    title = f"share of {genre} below the clip; grey: its usual range"
    figure.update_xaxes(
        range=[-0.02, 1.02], tickvals=[USUAL[0], 0.5, USUAL[1]], tickformat=".0%",
        title=_narrower(title, ";", narrow=narrow),
        showgrid=False, tickangle=0,
    )  # fmt: skip
    return figure


def sets_figure(answer: Answer, *, mode: Mode, narrow: bool) -> go.Figure:
    """Return a row for each model with a mark for each genre of its set, the answer the largest."""
    models = answer["models"]
    genres = list(models[0]["probabilities"])
    colours = theme.genre_colours(genres, mode)
    marks = [
        (row, genre, *_mark(model, genre)) for row, model in enumerate(models) for genre in genres
    ]
    figure = go.Figure(
        go.Scatter(
            x=[genres.index(genre) for _, genre, *_ in marks],
            y=[row + narrow * BELOW_NAME for row, *_ in marks],
            mode="markers",
            marker={
                "size": [size for *_, size, _ in marks],
                "color": [
                    colours[genre] if size > SMALLEST else theme.FAINT[mode]
                    for _, genre, size, _ in marks
                ],
                "symbol": "square",
                "line": {"width": 0},
            },
            customdata=[[genre, said] for _, genre, _, said in marks],
            hovertemplate="%{customdata[0]}: %{customdata[1]}<extra></extra>",
        )
    )
    names = [_row_name(model, narrow=narrow) for model in models]
    _as_rows(figure, names, mode=mode, narrow=narrow, titled=False)
    figure.update_xaxes(
        range=[-0.6, len(genres) - 0.4],
        tickvals=list(range(len(genres))),
        ticktext=[genre[:3] if narrow else genre for genre in genres],
        showgrid=False,
        tickangle=0,
    )
    return figure


SMALLEST, IN_SET, ANSWER = 4, 14, 20


def _mark(model: Model, genre: str) -> tuple[int, str]:
    """Return the size of a genre's mark and what it says."""
    chosen = model["prediction_set"]
    probability = f"{model['probabilities'][genre]:.2f}"
    if chosen is None or genre not in chosen["genres"]:
        return SMALLEST, f"{probability}, not in the set"
    if genre == model["genre"]:
        return ANSWER, f"{probability}, the answer"
    return IN_SET, f"{probability}, in the set"


def disagreement_figure(answer: Answer, *, mode: Mode, narrow: bool) -> go.Figure:
    """Return how often each of two is right where they disagree: the best beside each other."""
    pairs = [
        (best, other, known)
        for best, other, known in differing(answer)
        if known is not None and known["right_a"]["value"] is not None
    ][:MOST_OTHERS]
    figure = go.Figure()
    looks = (("right_a", theme.ACCENT[mode], -0.14), ("right_b", theme.WRONG[mode], 0.14))
    for place, (key, colour, shift) in enumerate(looks):
        shares = [known[key] for _, _, known in pairs]
        names = ["the other is right", f"{pairs[0][0]['title']} is right" if pairs else ""]
        value = [share["value"] for share in shares]
        figure.add_scatter(
            x=value,
            y=[row + narrow * BELOW_NAME + shift for row in range(len(pairs))],
            mode="markers",
            name=names[1 - place],
            marker={"size": 10, "color": colour, "symbol": "circle" if place == 0 else "diamond"},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [share["ci_high"] - share["value"] for share in shares],
                "arrayminus": [share["value"] - share["ci_low"] for share in shares],
                "color": colour,
                "thickness": 1.5,
                "width": 0,
            },
            hovertemplate="%{x:.2f}<extra></extra>",
        )
    rows = [_row_name(other, narrow=narrow) for _, other, _ in pairs]
    _as_rows(figure, rows, mode=mode, narrow=narrow)
    title = "share right, of the tracks on which they disagree"
    figure.update_xaxes(range=[0, 1.02], title=_narrower(title, ",", narrow=narrow))
    return figure


def _row_name(model: Model, *, narrow: bool) -> str:
    return short_name(model) if narrow else wrapped(model_name(model), LETTERS)


def _narrower(title: str, end: str, *, narrow: bool) -> str:
    """Return a title, on a phone up to ``end`` only."""
    return title.partition(end)[0] if narrow else title


def _as_rows(
    figure: go.Figure, names: list[str], *, mode: Mode, narrow: bool, titled: bool = True
) -> None:
    """Name the rows, on the left or, on a phone, above their marks; they fill the height."""
    ticks: dict[str, Any] = {"tickvals": list(range(len(names))), "ticktext": names}
    if narrow:
        ticks = {"showticklabels": False}
        for row, name in enumerate(names):
            figure.add_annotation(
                x=0, xref="paper", y=row - 0.02, yanchor="bottom", xanchor="left", text=name,
                showarrow=False, font={"size": 13, "color": theme.TEXT[mode]}, borderpad=0,
            )  # fmt: skip
    figure.update_yaxes(
        range=[len(names) - 0.45, -0.5], showgrid=False, zeroline=False, automargin=False,
        fixedrange=True, ticklabelstandoff=6, tickfont={"color": theme.TEXT[mode]}, **ticks,
    )  # fmt: skip
    figure.update_xaxes(fixedrange=True, zeroline=False, automargin=False)
    legend = len(figure.data) > 1
    figure.update_layout(
        template=theme.template(mode),
        margin={
            "l": 8 if narrow else LEFT_PX, "r": 16, "t": TOP_PX,
            "b": _bottom_px(titled=titled, legend=legend, narrow=narrow),
        },
        legend={
            "orientation": "h", "x": 0, "y": 0, "yanchor": "bottom", "yref": "container",
            "itemclick": False, "itemdoubleclick": False,
        },
        showlegend=legend,
        bargap=0,
    )  # fmt: skip
