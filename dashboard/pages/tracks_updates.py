"""What the Tracks page lists and says for a choice: plain functions from results to content."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import theme
from dashboard.components.attributes import aria, data
from dashboard.components.card import CardContent
from dashboard.components.controls import address_data, options_of
from dashboard.components.formats import format_count
from dashboard.components.track_grid import grid_data
from dashboard.figures.sureness import sureness_figure
from dashboard.kept import FEW, kept
from dashboard.pages.tracks_choices import (
    PATH,
    chosen_list,
    genre_parameters,
    model_parameter,
    parameters,
    protocol_parameter,
    resolved,
)
from dashboard.rows import selection
from dashboard.rows.comparison import unique_names
from dashboard.rows.track_list import TrackList, Wanted
from dashboard.state import Results
from dashboard.words.track_sentences import list_sentence, list_title

STEP = 0.1  # of probability, in the figure
Models = str | Sequence[str]


def update_options(
    results: Results, data: str, protocol: str, model: Models, true: str, predicted: str
) -> list[Any]:
    """Return options of protocol, models and both genres, their values, what is default."""
    dataset, slug, models = resolved(results, data, protocol, model)
    true_genre, answered = genre_parameters(results, dataset)
    offered = [
        protocol_parameter(results, dataset),
        model_parameter(results, dataset, slug),
        true_genre,
        answered,
    ]
    values: list[Any] = [slug, models]
    values += [
        value if value in parameter.options else parameter.default
        for value, parameter in ((true, true_genre), (predicted, answered))
    ]
    address = address_data(PATH, parameters(results, dataset, slug))
    return [*map(options_of, offered), *values, address]


@kept(FEW)
def update_list(results: Results, *chosen: Any) -> tuple[Any, ...]:
    """Return the rows for the grid, sentence, chips, the picker's summary, window's title."""
    tracks = chosen_list(results, *chosen)
    genres = results.datasets[tracks.wanted.dataset]["genres"]
    label = selection.label(results, tracks.wanted.protocol)
    rows = grid_data(tracks, genres, label)
    return rows, *list_head(results, tracks), list_title(results, tracks)


def list_head(results: Results, tracks: TrackList) -> tuple[str, list[Component], str]:
    """Return what stands above a list: sentence, chips, the picker's summary."""
    wanted = tracks.wanted
    slug = str(results.protocols[wanted.protocol]["slug"])
    offered = model_parameter(results, wanted.dataset, slug)
    summary = f"Choose models: {len(wanted.models)} of {len(offered.options)}, nine at most"
    return list_sentence(results, tracks), _chips(results, wanted, slug), summary


def _chips(results: Results, wanted: Wanted, slug: str) -> list[Component]:
    return model_chips(
        results, wanted.chips or wanted.models, slug, lead=next(iter(wanted.models), "")
    )


def model_chips(
    results: Results, models: Sequence[str], slug: str, *, lead: str
) -> list[Component]:
    """Return the chosen models, numbered as their keys; the pressed one leads."""
    names = unique_names(results, models)
    return [
        html.Li(
            [
                html.Button(
                    [html.Span(str(place), className="key-cap"), f" {name}"],
                    type="button",
                    title=f"Let {name} lead: the filters speak of it (key {place})",
                    className="lead-model",
                    **data(lead_model=model),
                    **aria(pressed="true" if model == lead else "false"),
                ),
                dcc.Link(
                    [
                        html.Span("↗", **aria(hidden="true")),
                        html.Span(f"{name} on the Models page", className="visually-hidden"),
                    ],
                    href=f"/model?model={model}&protocol={slug}&unit=track",
                    title=f"{name} on the Models page",
                    className="chip-link",
                ),
            ],
        )
        for place, (model, name) in enumerate(zip(models, names, strict=True), start=1)
    ]


@kept(FEW)
def update_sureness(results: Results, *chosen: Any) -> CardContent | None:
    """Return how sure the first model is of its answers; None where the list is empty."""
    *choice, mode = chosen
    tracks = chosen_list(results, *choice)
    counts = sureness_counts(tracks)
    if counts is None:
        return None
    label = selection.label(results, tracks.wanted.protocol)
    table = counts.rename_axis("Probability of the answer").reset_index()
    table.columns = pd.Index(["Probability of the answer", "Right", "Wrong"])
    table["Model"], table["Protocol"] = tracks.names[0], label
    return CardContent(
        sureness_sentence(tracks, counts, label),
        sureness_figure(counts, mode=theme.as_mode(mode)),
        table,
        runs=tracks.runs[:1],
    )


def sureness_counts(tracks: TrackList) -> pd.DataFrame | None:
    """Return right and wrong answers of the first model by steps of their probability."""
    if not tracks.runs or tracks.table["probability_0"].isna().all():
        return None
    table = tracks.table[tracks.table["probability_0"].notna()]
    steps = round(1 / STEP)
    # float32 just below a step's edge is not to fall out of the last step
    place = np.minimum((table["probability_0"].to_numpy() / STEP).astype(int), steps - 1)
    right = (table["answer_0"] == table["genre"]).to_numpy()
    names = [f"{k * STEP:.1f} to {(k + 1) * STEP:.1f}" for k in range(steps)]
    return pd.DataFrame(
        {
            "right": np.bincount(place[right], minlength=steps),
            "wrong": np.bincount(place[~right], minlength=steps),
        },
        index=names,
    )


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
