"""What the Tracks page lists and says for a choice: plain functions from results to content."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.attributes import aria, data
from dashboard.components.controls import address_data, options_of
from dashboard.components.track_grid import grid_data
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
