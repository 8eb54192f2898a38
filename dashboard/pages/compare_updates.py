"""What the Compare page offers and says for a choice: options, headline, chips, what to hide."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.attributes import aria
from dashboard.components.controls import address_data, options_of
from dashboard.pages.compare_cards import CELLS, METRIC
from dashboard.pages.compare_size import size_rows
from dashboard.query import Parameter, listed
from dashboard.rows import selection
from dashboard.rows.comparison import (
    classifiers,
    compared,
    dataset_of,
    models_parameter,
    protocol_parameter,
    seed_rows,
    unique_names,
)
from dashboard.rows.pairs import pairs_of
from dashboard.state import Results
from dashboard.words import compare_sentences

PATH = "/compare"
Models = str | Sequence[str]


def unit_parameter(results: Results, models: Models, protocol: str) -> Parameter:
    """Return the choice of what a score counts, among those of the chosen models."""
    name = selection.protocol_of(results, protocol)
    return selection.unit_parameter(results, [f"{model}.{name}" for model in listed(models)])


def pair_parameters(results: Results, models: Models) -> list[Parameter]:
    """Return the choices of A and of B among the chosen models: at first the first and second."""
    dataset = dataset_of(results, models)
    ids = [model for model in listed(models) if model.partition(".")[0] == dataset]
    names = dict(zip(ids, unique_names(results, ids), strict=True))
    first, second = [*ids, *ids, "", ""][:2] if len(ids) < 2 else ids[:2]
    return [Parameter("a", "A", names, first), Parameter("b", "B", names, second)]


def update_options(
    results: Results, models: Models, protocol: str, unit: str, a: str, b: str
) -> list[Any]:
    """Return options of protocol, unit, A and B for other models, values, what is default."""
    tested = protocol_parameter(results, models)
    protocol = _kept(protocol, tested)
    counted = unit_parameter(results, models, protocol)
    offered = [tested, counted, *pair_parameters(results, models)]
    values = [
        _kept(value, parameter)
        for parameter, value in zip(offered, (protocol, unit, a, b), strict=True)
    ]
    every = [models_parameter(results), *offered, METRIC, CELLS]
    return [*map(options_of, offered), *values, address_data(PATH, every)]


def _kept(value: str, parameter: Parameter) -> str:
    return value if value in parameter.options else parameter.default


def update_header(
    results: Results, models: Models, protocol: str, unit: str
) -> tuple[str, list[Component], list[Component], str, str]:
    """Return headline, chips, notes on what is left out, the picker's summary, window's title."""
    comparison = compared(results, models, protocol, unit)
    chosen = listed(models)
    chips: list[Component] = [
        _chip(served_id, name, f"protocol={protocol}&unit={unit}")
        for served_id, name in zip(chosen, unique_names(results, chosen), strict=True)
    ]
    notes: list[Component] = [
        html.P(text, className="note", role="status") for text in comparison.left_out
    ]
    title = f"Compare {len(comparison.runs)}: {comparison.protocol} · GenreLens"
    offered = len(classifiers(results))
    summary = f"Choose models: {len(chosen)} of {offered}"
    return compare_sentences.headline(comparison, offered), chips, notes, summary, title


def _chip(served_id: str, name: str, query: str) -> html.Li:
    """Return a chosen model's name, which leads to its page, with a button that drops it."""
    remove = html.Button(
        "×",  # noqa: RUF001 (the sign that closes a chip)
        type="button",
        id={"type": "drop-model", "model": served_id},
        title=f"Remove {name}",
        **aria(label=f"Remove {name}"),
    )
    return html.Li([dcc.Link(name, href=f"/model?model={served_id}&{query}"), remove])


def without_model(models: Models, dropped: str) -> list[str]:
    """Return the chosen models without one."""
    return [model for model in listed(models) if model != dropped]


def update_sections(results: Results, models: Models, protocol: str, unit: str) -> list[bool]:
    """Return whether to hide scores, the pair's cards, paired tests, size control, seeds."""
    comparison = compared(results, models, protocol, unit)
    few = len(comparison.runs) < 2
    return [
        comparison.runs.empty,
        few,
        few or pairs_of(results, comparison.runs["id"]).empty,
        size_rows(results, comparison).empty,
        seed_rows(results, comparison).empty,
    ]
