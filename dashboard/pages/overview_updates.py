"""What the Overview shows for a choice: plain functions from results to text, figures and rows."""

from typing import Any

import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import theme
from dashboard.components.card import CardContent
from dashboard.components.controls import address_data, options_of
from dashboard.components.grid_address import GridAddress, fields_of
from dashboard.components.model_table import model_block, model_columns
from dashboard.components.phone_rows import grid_parameters
from dashboard.figures.fall import fall_figure, line_styles, models_in_colour
from dashboard.figures.single import LOOKS, single_figure
from dashboard.kept import FEW, kept
from dashboard.pages.overview_rows import grid_rows
from dashboard.query import Parameter
from dashboard.rows import selection
from dashboard.rows.pairs import TIED, has_tests
from dashboard.rows.selection import Stage
from dashboard.state import Results
from dashboard.words import sentences
from dashboard.words.wording import counted

PATH, PAGE = "/", "overview"
GRID = "models-grid"
Rows = list[dict[str, Any]]
FALLING, STANDING = "How scores fall when the music is new", "Scores of all models"


def parameters(results: Results, dataset: str) -> list[Parameter]:
    """Return what a visitor can choose here: the data set, three more, what the table keeps."""
    runs = results.runs[results.runs["dataset"] == dataset]
    runs = runs[runs["protocol"].isin(selection.supervised_protocols(results))]
    return [
        selection.dataset_parameter(results),
        selection.stage_parameter(results, dataset),
        selection.unit_parameter(results, runs["id"]),
        selection.representation_parameter(results, runs),
        *grid_parameters(model_block(selection.stages(results)), models_address(results, dataset)),
    ]


def models_address(results: Results, dataset: str) -> GridAddress:
    """Return what the address keeps of the table of models: order, filters, ticked models."""
    runs = results.runs[results.runs["dataset"] == dataset]
    models = {str(name): str(name) for name in runs["served_id"]}
    columns = fields_of(model_columns(selection.stages(results)))
    return GridAddress(PAGE, GRID, columns, ticks=models)


def update_options(
    results: Results, dataset: str, protocol: str, unit: str, features: str
) -> list[Any]:
    """Return options of protocol, unit and features for a data set, values, what is default."""
    everything = parameters(results, dataset)
    offered = everything[1:4]
    values = [
        value if value in parameter.options else parameter.default
        for parameter, value in zip(offered, (protocol, unit, features), strict=True)
    ]
    return [*map(options_of, offered), *values, address_data(PATH, everything)]


@kept()
def update_headline(
    results: Results, dataset: str, protocol: str, unit: str, features: str
) -> tuple[str, str, str, str]:
    """Return what a meeting reads first, what is left of the fall, card's heading, page's title."""
    stage = _stage(results, protocol)
    title = f"Overview: {stage.label}, {selection.UNITS[unit]} · GenreLens"
    falls = len(selection.used_stages(results, dataset)) > 1
    said = sentences.headline(results, dataset, unit, features)
    left = sentences.remainder(results, dataset, unit, features)
    return said, left, FALLING if falls else STANDING, title


@kept(FEW)
def update_fall(
    results: Results,
    dataset: str,
    protocol: str,
    unit: str,
    features: str,
    mode: object,
    narrow: object = False,
    ticked: Rows | None = None,
) -> CardContent:
    """Return the slope chart, or dots where there is one step only, with sentence and numbers."""
    runs = selection.stage_runs(results, dataset=dataset, unit=unit, features=features)
    if len(selection.used_stages(results, dataset)) == 1:
        return _single(results, dataset, runs, unit, features, mode)
    steps = {
        stage.slug: stage.label
        for stage in selection.stages(results)
        if stage.slug in set(runs["stage"])
    }
    stage = _stage(results, protocol)
    marked = {*picked_ids(ticked), *_validated(results, stage)}
    coloured = models_in_colour(runs, stage.slug, marked)
    figure = fall_figure(
        runs,
        steps,
        mode=theme.as_mode(mode),
        unit=selection.UNITS[unit],
        chosen=protocol,
        coloured=coloured,
        narrow=bool(narrow),
    )
    said = [
        sentences.fall(results, runs, unit),
        sentences.training_sizes(results, runs),
        sentences.random_split(results, runs),
        sentences.colours(len(coloured), runs["served_id"].nunique()),
        sentences.line_meanings(results, line_styles(runs)),
        sentences.blanks(results, dataset),
    ]
    return CardContent(
        " ".join(filter(None, said)), figure, _table(runs, unit), runs=tuple(runs["id"])
    )


def _single(
    results: Results, dataset: str, runs: pd.DataFrame, unit: str, features: str, mode: object
) -> CardContent:
    """Return accuracy and macro-F1 of a data set that was tested in one way."""
    f1 = selection.stage_runs(
        results, dataset=dataset, unit=unit, metric="macro_f1", features=features
    )
    both = pd.concat([runs.assign(metric="accuracy"), f1.assign(metric="macro_f1")])
    figure = single_figure(both, mode=theme.as_mode(mode), unit=selection.UNITS[unit])
    said = [
        sentences.single(runs, f1, unit),
        sentences.blanks(results, dataset),
    ]
    table = _table(both, unit)
    table.insert(3, "Score", both["metric"].map({key: look[0] for key, look in LOOKS.items()}))
    return CardContent(
        " ".join(filter(None, said)),
        figure,
        table.rename(columns={"Accuracy": "Value"}),
        runs=tuple(runs["id"]),
    )


def _table(runs: pd.DataFrame, unit: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Model": runs["name"],
            "Protocol": runs["tested"],
            "Unit": selection.UNITS[unit],
            "Accuracy": runs["value"],
            "95 % low": runs["ci_low"],
            "95 % high": runs["ci_high"],
            "Training tracks": runs["n_training_tracks"],
        }
    )


def update_models(
    results: Results, dataset: str, protocol: str, unit: str, features: str
) -> tuple[str, Rows]:
    """Return the sentence over the table of models, and its rows, best first."""
    stage = _stage(results, protocol)
    validated = _validated(results, stage)
    rows = grid_rows(
        results, dataset, stage, unit=unit, features=features, validated=set(validated)
    )
    said = (
        f"{counted(len(rows), 'model')} on {selection.data_title(results, dataset)}, counting "
        f"{selection.UNITS[unit]}; in brackets 95 % intervals. Standing, F1, time and size are "
        f"those under “{stage.label}”."
    )
    ties = _ties(results, rows, unit)
    said += f" {ties}" if ties else ""
    if any(row["published"] is not None for row in rows):
        said += " “Published” is compared with our score in its own unit and way of testing."
    chosen = [f"{row['model']}, {row['data']}" for row in rows if row["id"] in validated]
    if chosen:
        said += f" Chosen on validation tracks, before it was tested: {' and '.join(chosen)}."
    return said, rows


def _ties(results: Results, rows: Rows, unit: str) -> str:
    """Return how many models are tied with the best; of one model there is nothing to say."""
    tested = [str(row["run"]) for row in rows if row["run"] is not None]
    if len(tested) < 2:
        return ""
    if unit != "track":
        return "Ties are tested on whole songs only."
    if not has_tests(results, tested[:1]):
        return (
            "Ties were not tested: these results hold no paired tests of the best model. Run “make "
            "results”."
        )
    tied = sum(TIED in row["standing"] for row in rows)
    if not tied:
        return "No model is tied with the best."
    return (
        f"{tied} {'model is' if tied == 1 else 'models are'} tied with the best: not worse by "
        "exact McNemar tests with Holm's correction."
    )


def _validated(results: Results, stage: Stage) -> dict[str, str]:
    """Return the models that validation chose for a step, with the run id of each."""
    chosen = results.candidates()
    ids = [str(chosen[name]["id"]) for name in stage.protocols if name in chosen]
    return {name.rpartition(".")[0]: name for name in ids}


def update_compare_link(
    results: Results, ticked: Rows | None, protocol: str, unit: str
) -> Component:
    """Return the link to the chosen models side by side, or what to do to get one."""
    picked = picked_ids(ticked)
    if len(picked) < 2:
        if results.runs["served_id"].nunique() < 2:
            return html.Span()  # there is nothing to compare
        return html.Span("Tick two or more models to compare them.", className="fine-hint")
    stage = _stage(results, protocol)
    shared = [
        name
        for name in stage.protocols
        if all(selection.find_run(results, model, name) is not None for model in picked)
    ]
    slug = results.protocols[(shared or list(stage.protocols))[0]]["slug"]
    address = f"/compare?models={','.join(picked)}&protocol={slug}&unit={unit}"
    return dcc.Link(f"Compare {len(picked)} chosen models", href=address, className="compare-link")


def picked_ids(rows: Rows | None) -> list[str]:
    """Return the models of the ticked rows."""
    return [str(row["id"]) for row in rows or []]


def _stage(results: Results, slug: str) -> Stage:
    return next(stage for stage in selection.stages(results) if stage.slug == slug)
