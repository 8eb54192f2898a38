"""One line per model over the steps: how far a score falls when songs and artists are new."""

from collections.abc import Collection, Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.theme import Mode

LETTER_EM = 0.56  # width of a letter, on average, in font sizes
LABEL_PX = 12
FEW = 10  # models whose lines and names can all be told apart
DASHES = ("solid", "dash", "dot", "dashdot")
LINE_STEP = 0.052  # of the y range: room that one label needs


def fall_figure(
    runs: pd.DataFrame,
    steps: Mapping[str, str],
    *,
    mode: Mode,
    unit: str,
    chosen: str | None = None,
    coloured: Collection[str] | None = None,
    narrow: bool = False,
) -> go.Figure:
    """Return the slope chart.

    Parameters
    ----------
    runs : DataFrame
        Columns ``served_id, short, name, family, representation, stage, tested, value, ci_low,
        ci_high``.
    steps : mapping
        Slug of a step -> short name, in the order of the axis.
    mode : "light" or "dark"
    unit : str
        What is counted, for the axis: "whole songs".
    chosen : str, optional
        Step to mark on the axis.
    coloured : collection of str, optional
        Models (``served_id``) in colour, with name and intervals; the others are thin and grey.
        Default: all.
    narrow : bool
        For a phone: families below the picture instead of names beside the lines.
    """
    figure = go.Figure()
    place = {slug: position for position, slug in enumerate(steps)}
    models = list(dict.fromkeys(runs["served_id"]))
    shown = [model for model in models if coloured is None or model in coloured]
    styles = line_styles(runs)
    others = runs[~runs["served_id"].isin(shown)]
    if len(others):
        figure.add_trace(_thin_lines(others, place, mode))
    for number, model in enumerate(shown):
        rows = runs[runs["served_id"] == model]
        # Side by side by a little, so that intervals at equal heights stay apart.
        shift = 0.0 if len(shown) == 1 else 0.16 * (number / (len(shown) - 1) - 0.5)
        line = _line(rows, [place[slug] + shift for slug in rows["stage"]], mode)
        line.line.dash = styles[rows["representation"].iloc[0]]
        figure.add_trace(line)
    _shape_axes(figure, steps, unit=unit, chosen=chosen, mode=mode, narrow=narrow)
    named = runs[runs["served_id"].isin(shown)]
    if narrow:  # beside the lines there is no room
        _list_families(figure, named.drop_duplicates("served_id").set_index("served_id")["family"])
    else:
        _add_labels(figure, named, mode)
    return figure


def models_in_colour(runs: pd.DataFrame, step: str, marked: Collection[str]) -> list[str]:
    """Return which models to draw in colour: the best of each family at a step, and marked ones.

    A few models are all in colour. Of many, lines in colour would hide each other.
    """
    models = list(dict.fromkeys(runs["served_id"]))
    if len(models) <= FEW:
        return models
    there = runs[runs["stage"] == step].sort_values("value", ascending=False, kind="stable")
    best = set(there.drop_duplicates("family")["served_id"])
    return [model for model in models if model in best or model in marked]


def line_styles(runs: pd.DataFrame) -> dict[str, str]:
    """Return the line style of each representation, in alphabetical order from its end.

    More representations than styles are all drawn solid: each line has its name beside it.
    """
    names = sorted(set(runs["representation"]), reverse=True)  # features_3s is solid
    if len(names) > len(DASHES):
        return dict.fromkeys(names, DASHES[0])
    return dict(zip(names, DASHES, strict=False))


def _hover(rows: pd.DataFrame) -> list[str]:
    columns = (rows[name] for name in ("name", "tested", "value", "ci_low", "ci_high"))
    return [
        f"<b>{name}</b><br>{tested}: {value:.2f} [{low:.2f}, {high:.2f}]"
        for name, tested, value, low, high in zip(*columns, strict=True)
    ]


def _thin_lines(runs: pd.DataFrame, place: Mapping[str, int], mode: Mode) -> go.Scatter:
    """Return the lines of models among many as one trace: grey, a name on hover.

    A trace for each of a hundred models would take the browser a second to draw.
    """
    colour = theme.MUTED[mode]
    x: list[int | None] = []
    y: list[float | None] = []
    models: list[str | None] = []
    texts: list[str] = []
    for model, rows in runs.groupby("served_id", sort=False):
        x += [*(place[slug] for slug in rows["stage"]), None]  # None lifts the pen
        y += [*rows["value"], None]
        models += [*([str(model)] * len(rows)), None]
        texts += [*_hover(rows), ""]
    return go.Scatter(
        x=x,
        y=y,
        name="other models",
        mode="lines+markers",
        opacity=0.35,
        line={"color": colour, "width": 1},
        marker={"color": colour, "size": 4},
        showlegend=False,
        customdata=models,
        text=texts,
        hovertemplate="%{text}<extra></extra>",
    )


def _line(rows: pd.DataFrame, x: list[float], mode: Mode) -> go.Scatter:
    """Return the line of one model, with a bar for each interval."""
    first = rows.iloc[0]
    colour = theme.family_colour(first["family"], mode)
    return go.Scatter(
        x=x,
        y=rows["value"],
        name=first["short"],
        mode="lines+markers",
        line={"color": colour, "width": 2},
        marker={"color": colour, "size": 8},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": rows["ci_high"] - rows["value"],
            "arrayminus": rows["value"] - rows["ci_low"],
            "thickness": 1.5,
            "width": 0,
        },
        customdata=rows["served_id"],
        text=_hover(rows),
        hovertemplate="%{text}<extra></extra>",
    )


def _add_labels(figure: go.Figure, runs: pd.DataFrame, mode: Mode) -> None:
    """Write each model's name right of its last point, moved apart where they would overlap."""
    last = runs.groupby("served_id", sort=False).tail(1).set_index("served_id")
    wanted = last["value"].sort_values()
    for model, y in zip(wanted.index, spread(wanted.tolist()), strict=True):
        row = last.loc[model]
        figure.add_annotation(
            x=1,
            xref="paper",
            xshift=6,
            y=y,
            text=str(row["short"]),
            xanchor="left",
            showarrow=False,
            font={"color": theme.family_colour(row["family"], mode), "size": LABEL_PX},
            align="left",
        )
    longest = max((len(label.text) for label in figure.layout.annotations[1:]), default=0)
    figure.update_layout(margin={"r": 10 + LETTER_EM * LABEL_PX * longest})


def _list_families(figure: go.Figure, families: pd.Series) -> None:
    """Name the colours below the picture; the models themselves stand in the table.

    Parameters
    ----------
    families : Series
        By ``served_id``, of the lines in colour.
    """
    seen: set[str] = set()
    for trace in figure.data:
        family = families.get(trace.customdata[0])
        if family is not None:
            showlegend = family not in seen
            trace.update(name=family.capitalize(), legendgroup=family, showlegend=showlegend)
            seen.add(family)
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": -0.3, "yanchor": "top"},
        margin={"r": 36},  # half of the last protocol's name
    )


def spread(heights: Sequence[float], step: float = LINE_STEP) -> list[float]:
    """Return ascending heights moved as little as needed to stand ``step`` apart.

    Labels that touch form a block, which is centred on the mean of what its labels wanted.
    """
    blocks: list[list[float]] = []  # wanted heights, block by block
    for height in heights:
        blocks.append([height])
        while len(blocks) > 1 and _bottom(blocks[-1], step) < _top(blocks[-2], step) + step:
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    return [
        _bottom(block, step) + step * position for block in blocks for position in range(len(block))
    ]


def _bottom(block: list[float], step: float) -> float:
    return sum(block) / len(block) - step * (len(block) - 1) / 2


def _top(block: list[float], step: float) -> float:
    return sum(block) / len(block) + step * (len(block) - 1) / 2


def _shape_axes(
    figure: go.Figure,
    steps: Mapping[str, str],
    *,
    unit: str,
    chosen: str | None,
    mode: Mode,
    narrow: bool,
) -> None:
    shown = {name: _wrapped(text, 7 if narrow else 16) for name, text in steps.items()}
    texts = [f"<b>{text}</b>" if name == chosen else text for name, text in shown.items()]
    figure.add_annotation(
        text=f"Share of {unit} named rightly", x=0, xref="paper", y=1, yref="paper",
        xanchor="left", yanchor="bottom", yshift=4, showarrow=False,
        font={"size": 13, "color": theme.MUTED[mode]},
    )  # fmt: skip
    figure.update_layout(
        template=theme.template(mode),
        margin={"l": 8, "t": 32, "b": 8},
        showlegend=False,
        hovermode="closest",
    )
    figure.update_xaxes(
        tickvals=list(range(len(texts))),
        ticktext=texts,
        range=[-0.2, len(texts) - 1 + 0.12],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        tickfont={"size": 13, "color": theme.TEXT[mode]},
        tickangle=0,
    )
    figure.update_yaxes(
        range=[-0.03, 1.03],
        tickformat=".0%",
        dtick=0.2,
        zeroline=False,
        fixedrange=True,
    )


def _wrapped(text: str, width: int) -> str:
    """Return a protocol's name in lines of about ``width`` letters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)
