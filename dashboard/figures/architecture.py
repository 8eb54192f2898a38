"""A network as a column of boxes, from its input to its output, with shapes and parameters.

A layer that takes from one other layer and learns nothing (or only normalises) shares the box of
the layer before it, so that a box is a step of the network and not a line of its code. Boxes that
follow each other are joined by a short line; any other connection, such as a residual branch or
the members of a fused model, runs in a lane on the left.
"""

import re
from dataclasses import dataclass, field

import pandas as pd
import plotly.graph_objects as go

from dashboard import theme
from dashboard.components.formats import format_count
from dashboard.figures.reliability import faint
from dashboard.theme import Mode

BOX_PX, MARGIN_PX = 52, 44
BOX = 0.78  # height of a box, in rows
LANE = 0.035  # width of a lane, in widths of a box
WORDS = {
    "InputLayer": "input", "BatchNormalization": "batch norm", "LayerNormalization": "layer norm",
    "ReLU": "relu", "LSTM": "LSTM", "GRU": "GRU", "Conv1D": "conv 1-D", "Conv2D": "conv 2-D",
    "SeparableConv2D": "separable conv 2-D", "DepthwiseConv2D": "depthwise conv 2-D",
    "MaxPooling1D": "max pool", "MaxPooling2D": "max pool", "AveragePooling1D": "mean pool",
    "AveragePooling2D": "mean pool", "GlobalAveragePooling1D": "mean over all",
    "GlobalAveragePooling2D": "mean over all", "GlobalMaxPooling1D": "maximum over all",
    "GlobalMaxPooling2D": "maximum over all", "Add": "sum", "Concatenate": "joined",
}  # fmt: skip


@dataclass
class Box:
    """A layer and those that follow it in its box.

    Attributes
    ----------
    layer : str
        Name of the first layer.
    kinds : list of str
    shape : str
        Of what comes out of the last layer, "64 x 83 x 32".
    n_parameters : int
        Of all its layers.
    sources : list of int
        Boxes that it takes from.
    """

    layer: str
    kinds: list[str]
    shape: str
    n_parameters: int
    sources: list[int] = field(default_factory=list)


def boxes_of(layers: pd.DataFrame) -> list[Box]:
    """Return the boxes of a network, in order.

    Parameters
    ----------
    layers : DataFrame
        Columns ``place, layer, kind, shape, n_parameters, receives``.
    """
    layers = layers.sort_values("place", kind="stable")
    sources = {int(row["place"]): receives(row["receives"]) for _, row in layers.iterrows()}
    taken = pd.Series([place for each in sources.values() for place in each], dtype=int)
    uses = taken.value_counts().to_dict()
    boxes: list[Box] = []
    box_of: dict[int, int] = {}
    last: dict[int, int] = {}  # box -> place of its last layer
    for _, row in layers.iterrows():
        place, kind, n_parameters = int(row["place"]), str(row["kind"]), int(row["n_parameters"])
        before = sources[place]
        light = n_parameters == 0 or "Normalization" in kind
        home = box_of.get(before[0]) if len(before) == 1 else None
        if light and home is not None and last[home] == before[0] and uses[before[0]] == 1:
            boxes[home].kinds.append(kind)
            boxes[home].shape = str(row["shape"])
            boxes[home].n_parameters += n_parameters
        else:
            home = len(boxes)
            own = sorted({box_of[source] for source in before if source in box_of})
            boxes.append(Box(str(row["layer"]), [kind], str(row["shape"]), n_parameters, own))
        box_of[place], last[home] = home, place
    return boxes


def receives(text: object) -> list[int]:
    """Return the places in "3,7"; none for an input."""
    return [int(place) for place in re.findall(r"\d+", str(text))]


def kind_words(kind: str) -> str:
    """Return a kind of layer as a reader says it: "batch norm", "bidirectional LSTM"."""
    if " " in kind:  # a layer within another
        return " ".join(map(kind_words, kind.split()))
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z0-9])", " ", kind.removesuffix("1D").removesuffix("2D"))
    return WORDS.get(kind) or spaced.lower()


def as_read(shape: str) -> str:
    """Return a shape with true multiplication signs."""
    return shape.replace(" x ", " × ")  # noqa: RUF001 (the sign of a product)


def height_px(layers: pd.DataFrame) -> int:
    """Return how high the drawing must be for its boxes to be read."""
    return MARGIN_PX + BOX_PX * len(boxes_of(layers))


def architecture_figure(layers: pd.DataFrame, *, mode: Mode) -> go.Figure:
    """Return the drawing; each box is filled as far as its share of all parameters.

    Parameters
    ----------
    layers : DataFrame
        Columns ``place, layer, kind, shape, n_parameters, receives``.
    mode : "light" or "dark"
    """
    boxes = boxes_of(layers)
    figure = go.Figure([_outlines(boxes, mode), _shares(boxes, mode)])
    figure.add_traces(_connections(boxes, mode))
    figure.add_traces(_texts(boxes, mode))
    left = LANE * max((lane for *_, lane in lanes(boxes)), default=0)
    figure.add_annotation(
        text="output · <b>parameters</b>", x=1, y=1, xref="x", yref="paper", xanchor="right",
        yanchor="bottom", showarrow=False, font={"size": 12, "color": theme.MUTED[mode]},
    )  # fmt: skip
    figure.update_layout(
        template=theme.template(mode), barmode="overlay", bargap=1 - BOX, showlegend=False,
        margin={"l": 8, "r": 8, "t": 28, "b": 8}, hovermode="closest",
    )  # fmt: skip
    hidden = {"visible": False, "fixedrange": True}
    figure.update_xaxes(hidden, range=[-left - 0.02, 1.005])
    figure.update_yaxes(hidden, range=[len(boxes) - 0.5, -0.5])
    return figure


def _outlines(boxes: list[Box], mode: Mode) -> go.Bar:
    """Return the frame of each box, which also answers the pointer."""
    said = [
        f"<b>{box.layer}</b><br>{', '.join(map(kind_words, box.kinds))}<br>"
        f"{as_read(box.shape)}<br>{format_count(box.n_parameters)} parameters"
        for box in boxes
    ]
    return go.Bar(
        x=[1] * len(boxes), y=list(range(len(boxes))), orientation="h", name="layers",
        marker={"color": "rgba(0,0,0,0)", "line": {"width": 1, "color": theme.MUTED[mode]}},
        text=said, textposition="none", hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


def _shares(boxes: list[Box], mode: Mode) -> go.Bar:
    """Return the fill of each box: its share of all parameters."""
    total = max(sum(box.n_parameters for box in boxes), 1)
    return go.Bar(
        x=[box.n_parameters / total for box in boxes], y=list(range(len(boxes))),
        orientation="h", name="share of parameters", hoverinfo="skip",
        marker={"color": faint(theme.ACCENT[mode]), "line": {"width": 0}},
    )  # fmt: skip


def _texts(boxes: list[Box], mode: Mode) -> list[go.Scatter]:
    """Return what stands in the boxes: name and kinds on the left, numbers on the right."""
    left = [
        f"<b>{box.layer}</b><br>"
        f'<span style="color:{theme.MUTED[mode]}">{", ".join(map(kind_words, box.kinds))}</span>'
        for box in boxes
    ]
    right = [
        f"{as_read(box.shape)} · <b>{format_count(box.n_parameters)}</b><br> " for box in boxes
    ]
    return [
        go.Scatter(
            x=[x] * len(boxes), y=list(range(len(boxes))), text=texts, mode="text",
            textposition=side, textfont={"size": 12, "color": theme.TEXT[mode]}, hoverinfo="skip",
        )
        for x, texts, side in ((0.01, left, "middle right"), (0.99, right, "middle left"))
    ]  # fmt: skip


def _connections(boxes: list[Box], mode: Mode) -> list[go.Scatter]:
    """Return short lines between neighbours, and lanes with a tip where they arrive."""
    x: list[float | None] = []
    y: list[float | None] = []
    for number, box in enumerate(boxes):
        if number - 1 in box.sources:
            x += [0.5, 0.5, None]
            y += [number - 1 + BOX / 2, number - BOX / 2, None]
    tips = []
    for source, target, lane in lanes(boxes):
        x += [0, -LANE * lane, -LANE * lane, 0, None]
        y += [source, source, target, target, None]
        tips.append(target)
    colour = theme.MUTED[mode]
    line = go.Scatter(
        x=x, y=y, mode="lines", line={"color": colour, "width": 1.5}, hoverinfo="skip",
        name="connections",
    )  # fmt: skip
    tip = go.Scatter(
        x=[-0.008] * len(tips), y=tips, mode="markers", hoverinfo="skip", name="arrivals",
        marker={"symbol": "triangle-right", "size": 8, "color": colour},
    )  # fmt: skip
    return [line, tip] if tips else [line]


def lanes(boxes: list[Box]) -> list[tuple[int, int, int]]:
    """Return source, target and lane (1, 2, ...) of every connection that skips a box.

    The short ones run next to the boxes; no two in one lane overlap.
    """
    skipping = [
        (source, target)
        for target, box in enumerate(boxes)
        for source in box.sources
        if source != target - 1
    ]
    placed: list[tuple[int, int, int]] = []
    for source, target in sorted(skipping, key=lambda ends: (ends[1] - ends[0], ends)):
        taken = {lane for a, b, lane in placed if source <= b and a <= target}
        lane = next(number for number in range(1, len(placed) + 2) if number not in taken)
        placed.append((source, target, lane))
    return placed
