"""Where the models listened in one clip: its mel spectrogram, and over it what they need.

``answer`` is the JSON of ``POST /api/explain``. Pure functions; no Dash here.
"""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme
from dashboard.components.formats import format_clock, format_score
from dashboard.figures.predict_lanes import frequency_axis, spectrogram
from dashboard.sound.mel_axis import rounded_hz
from dashboard.theme import Mode

Answer = dict[str, Any]
PANEL_PX, TITLE_PX, AXIS_PX = 200, 28, 56
STRONGEST = 0.72  # opacity of the place that matters most
LEAST = 0.02  # of a probability: less lost is called nothing


def listening_sentence(answer: Answer) -> str:
    """Return where each model listened, in words."""
    return " ".join(_said(model) for model in answer["models"])


def _said(model: dict[str, Any]) -> str:
    honest = model["honest_accuracy"]
    score = format_score(honest["value"], honest["ci_low"], honest["ci_high"])
    start = f"{model['title']} ({score} {honest['label']}) hears {model['genre']}"
    place, band, full = needed_place(model), needed_band(model), f"{model['probability']:.2f}"
    if place is not None:
        return (
            f"{start}, {_needed(model, place)} between {format_clock(place['start_s'])} and "
            f"{format_clock(place['end_s'])}: with a part of that hidden its probability for that "
            f"window falls from {full} to {place['probability']:.2f}."
        )
    if band is not None:
        return (
            f"{start} by no moment in particular, {_needed(model, band)}: with that hidden from "
            f"beginning to end its probability falls from {full} to {band['probability']:.2f}."
        )
    return f"{start} and needs no place in particular: hiding any one costs less than {LEAST}."


def _needed(model: dict[str, Any], place: dict[str, float]) -> str:
    """Return "mostly by 60 Hz to 250 Hz" where at least half of the probability goes with it."""
    mostly = 2 * place["probability"] <= model["probability"]
    band = f"{rounded_hz(place['low_hz'])} to {rounded_hz(place['high_hz'])}"
    return f"{'mostly' if mostly else 'most of all'} by {band}"


def needed_place(model: dict[str, Any]) -> dict[str, float] | None:
    """Return the place that matters most, or None where hiding any costs next to nothing."""
    place: dict[str, float] | None = model["place"]
    if place is None or model["probability"] - place["probability"] < LEAST:
        return None
    return place


def needed_band(model: dict[str, Any]) -> dict[str, float] | None:
    """Return the band that matters most where no place does, or None where no band does either."""
    at = int(np.argmin(model["without_band"]))
    least = model["without_band"][at]
    if needed_place(model) is not None or model["probability"] - least < LEAST:
        return None
    edges_s, edges_hz = model["times_s"], model["frequencies_hz"]
    return {
        "start_s": edges_s[0],
        "end_s": edges_s[-1],
        "low_hz": edges_hz[at],
        "high_hz": edges_hz[at + 1],
        "probability": least,
    }


def listening_table(answer: Answer) -> pd.DataFrame:
    """Return a row for each model and hidden place, then each band: what is left, and its weight.

    Of whole bands no weight is given: weights are those among places.
    """
    rows = [
        (model["title"], model["genre"], *seconds, *model["frequencies_hz"][band : band + 2],
         model["probability"], left, weight)
        for model in answer["models"]
        for seconds, bands, weights in _hidden(model)
        for band, (left, weight) in enumerate(zip(bands, weights, strict=True))
    ]  # fmt: skip
    names = ["model", "genre", "from (s)", "to (s)", "from (Hz)", "to (Hz)", "probability"]
    return pd.DataFrame(rows, columns=[*names, "with this hidden", "weight"])


def _hidden(model: dict[str, Any]) -> list[tuple[list[float], list[float], list[float | None]]]:
    """Return seconds, what is left of the probability and weights, by band; last all seconds."""
    edges, whole = model["times_s"], model["without_band"]
    times = [edges[time : time + 2] for time in range(len(edges) - 1)]
    everything = ([edges[0], edges[-1]], whole, [None] * len(whole))
    return [*zip(times, model["hidden"], model["weight"], strict=True), everything]


def height_px(n_models: int) -> int:
    """Return the height of ``listening_figure``."""
    return max(1, n_models) * (PANEL_PX + TITLE_PX) + AXIS_PX


def listening_figure(answer: Answer, *, mode: Mode) -> go.Figure:
    """Return a panel a model: the spectrogram, coloured where hiding costs something."""
    models = answer["models"]
    n_rows = max(1, len(models))
    figure = make_subplots(
        rows=n_rows,
        cols=1,
        shared_xaxes=True,
        vertical_spacing=TITLE_PX / (n_rows * (PANEL_PX + TITLE_PX)),
        subplot_titles=[f"{model['title']}: {model['genre']}" for model in models],
    )
    figure.update_annotations(x=0, xanchor="left", font_size=14)
    bands = np.asarray(answer["mel"]["frequencies_hz"])
    for row, model in enumerate(models, start=1):
        figure.add_trace(spectrogram(answer["mel"], mode), row=row, col=1)
        figure.add_trace(_weights(model, bands, mode), row=row, col=1)
        figure.update_yaxes(row=row, col=1, **frequency_axis(answer["mel"]["frequencies_hz"]))
        place = needed_place(model) or needed_band(model)
        if place is not None:
            low, high = _rows(bands, [place["low_hz"], place["high_hz"]])
            figure.add_shape(
                type="rect", x0=place["start_s"], x1=place["end_s"], y0=low, y1=high, row=row,
                col=1, line={"color": theme.OUTLINE[mode], "width": 2},
            )  # fmt: skip
    figure.update_xaxes(
        range=[0, answer["duration_s"]], fixedrange=True, showgrid=False, zeroline=False
    )
    figure.update_yaxes(range=[-0.5, len(bands) - 0.5])
    figure.update_xaxes(title="seconds", row=n_rows, col=1)
    figure.update_layout(
        template=theme.template(mode), showlegend=False, dragmode=False,
        margin={"l": 60, "r": 8, "t": TITLE_PX, "b": AXIS_PX},
    )  # fmt: skip
    return figure


def _weights(model: dict[str, Any], bands: np.ndarray, mode: Mode) -> go.Heatmap:
    """Return the cells, or the bands where no cell matters, the clearer the more they weigh."""
    weight, left = np.array(model["weight"]), np.array(model["hidden"])
    if needed_place(model) is None:
        left = np.tile(model["without_band"], (len(left), 1))
        lost = np.maximum(model["probability"] - left, 0)
        weight = lost / lost.max() if needed_band(model) else np.zeros_like(lost)
    clear, strong = (theme.rgba(theme.OUTLINE[mode], opacity) for opacity in (0, STRONGEST))
    return go.Heatmap(
        z=weight.T,
        x=model["times_s"],
        y=_rows(bands, model["frequencies_hz"]),
        zmin=0,
        zmax=1,
        colorscale=[[0, clear], [1, strong]],
        showscale=False,
        customdata=left.T,
        hovertemplate=f"{model['genre']} {model['probability']:.2f}, with this hidden "
        "%{customdata:.2f}<extra></extra>",
    )


def _rows(bands: np.ndarray, hz: list[float]) -> np.ndarray:
    """Return where frequencies lie among the rows of the picture."""
    edges = np.interp(hz, bands, np.arange(len(bands)), left=-0.5, right=len(bands) - 0.5)
    return np.asarray(edges)
