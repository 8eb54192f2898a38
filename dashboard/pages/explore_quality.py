"""The cards of Explore on models: what quality costs, how bad mistakes are, when to keep silent."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard import theme
from dashboard.components.card import CardContent
from dashboard.figures.abstain import abstain_figure
from dashboard.figures.genre_distances import (
    MOST_DRAWN,
    MOST_DRAWN_NARROW,
    distance_matrix_figure,
    distance_scores_figure,
)
from dashboard.figures.marks import place
from dashboard.figures.pareto import pareto_figure
from dashboard.kept import FEW, kept
from dashboard.leads import in_column
from dashboard.links import model_href
from dashboard.pages.explore_choices import ANSWERED, model_parameters, scored
from dashboard.query import listed
from dashboard.rows import selection
from dashboard.rows.analyses import rows_of_dataset, rows_of_run
from dashboard.rows.costs import COSTS, with_costs
from dashboard.state import Results
from dashboard.words import explore_quality_sentences

INTERVAL = ["95 % low", "95 % high"]


def tested_runs(results: Results, dataset: str, protocol: str) -> pd.DataFrame:
    """Return the runs of a data set under a protocol, the best first, with ``href`` of each."""
    runs = scored(results, dataset, selection.protocol_of(results, protocol))
    return runs.assign(href=[model_href(name, protocol) for name in runs["served_id"]])


@kept(FEW)
def update_cost(
    results: Results, dataset: str, protocol: str, cost: str, mode: object, narrow: bool = False
) -> CardContent | None:
    """Return accuracy against one cost; None where no run counts whole songs."""
    runs = tested_runs(results, dataset, protocol)
    if runs.empty:
        return None
    shown = COSTS.get(cost, COSTS["training"])
    table = with_costs(results, runs, shown)
    tested = selection.label(results, selection.protocol_of(results, protocol))
    lead = model_href(place(0), protocol)
    figure = pareto_figure(
        table, shown, tested=tested, mode=theme.as_mode(mode), lead=lead, narrow=narrow
    )
    columns = ["short", "family", "value", "ci_low", "ci_high", "cost", "front", "reason"]
    unit = {"train_s": "Training, s", "predict_ms": "Per clip, ms", "size_bytes": "Size, bytes"}
    listing = table[columns].assign(front=["yes" if best else "" for best in table["front"]])
    heads = ["Model", "Family", "Accuracy", *INTERVAL, unit[shown.field], "On the front", "Why not"]
    listing = listing.set_axis(heads, axis=1)
    return CardContent(
        explore_quality_sentences.cost_sentence(table, shown, tested),
        figure,
        listing,
        runs=tuple(table["id"]),
        leads=in_column(listing, "Model", list(table["href"])),
    )


@kept(FEW)
def update_distances(results: Results, dataset: str, mode: object) -> CardContent | None:
    """Return how far genres lie apart; None where it was not computed."""
    pairs = rows_of_dataset(results, "genre_distances", dataset)
    if pairs.empty:
        return None
    features = selection.short(results, pairs["representation"].iloc[0])
    half = pairs.pivot(index="genre_a", columns="genre_b", values="distance").astype(float)
    genres = sorted(set(pairs["genre_a"]) | set(pairs["genre_b"]))
    half = half.reindex(index=genres, columns=genres)
    matrix = half.combine_first(half.T).fillna(0.0)
    table = pairs.loc[pairs["genre_a"] < pairs["genre_b"], ["genre_a", "genre_b", "distance"]]
    return CardContent(
        explore_quality_sentences.distances_sentence(table, features),
        distance_matrix_figure(matrix, mode=theme.as_mode(mode)),
        table.sort_values("distance").set_axis(["Genre", "Other genre", "Distance"], axis=1),
        of_data=True,
    )


@kept(FEW)
def update_mistakes(
    results: Results, dataset: str, protocol: str, mode: object, narrow: bool = False
) -> CardContent | None:
    """Return models by the mean cost of a song, beside accuracy; None where it was not computed."""
    runs = tested_runs(results, dataset, protocol)
    costs = results.analysis("distance_scores").rename(
        columns={"value": "cost", "ci_low": "cost_low", "ci_high": "cost_high"}
    )
    names = ["id", "cost", "cost_low", "cost_high", "mistake_distance"]
    rows = runs.merge(costs[names], on="id").sort_values("cost", kind="stable")
    if rows.empty:
        return None
    tested = selection.label(results, selection.protocol_of(results, protocol))
    drawn = MOST_DRAWN_NARROW if narrow else MOST_DRAWN
    columns = [
        "short", "cost", "cost_low", "cost_high", "mistake_distance", "value", "ci_low", "ci_high",
    ]  # fmt: skip
    heads = [
        "Model",
        "Mean cost",
        "Cost, 95 % low",
        "Cost, 95 % high",
        "Of mistakes only",
        "Accuracy",
        *INTERVAL,
    ]
    listing = rows[columns].set_axis(heads, axis=1)
    lead = model_href(place(0), protocol)
    return CardContent(
        explore_quality_sentences.costs_of_mistakes_sentence(rows, tested, drawn),
        distance_scores_figure(rows, mode=theme.as_mode(mode), lead=lead, narrow=narrow),
        listing,
        runs=tuple(rows["id"]),
        leads=in_column(listing, "Model", list(rows["href"])),
    )


@kept(FEW)
def update_abstain(
    results: Results,
    dataset: str,
    protocol: str,
    models: str | Sequence[str] | None,
    answered: str | None,
    mode: object,
) -> tuple[CardContent | None, dict[str, Any] | None]:
    """Return the curves of the chosen models, and what the slider shows at each of its stops.

    Sentences and points are as they are stored: the browser only picks those of one stop.
    """
    curves = _curves(results, dataset, protocol, models)
    if not curves:
        return None, None
    tested = selection.label(results, selection.protocol_of(results, protocol))
    levels = {name: rows for name, (rows, _) in curves.items()}
    said, points = {}, {}
    for stop in ANSWERED.options:
        at = {name: _at(rows, int(stop) / 100) for name, rows in levels.items()}
        said[stop] = explore_quality_sentences.abstain_sentence(at, tested)
        points[stop] = {
            "x": [float(row["coverage"]) for row in at.values()],
            "y": [float(row["accuracy"]) for row in at.values()],
        }
    chosen = str(answered) if str(answered) in said else ANSWERED.default
    figure = abstain_figure(
        levels,
        [str(run["family"]) for _, run in curves.values()],
        coverage=int(chosen) / 100,
        points=points[chosen],
        mode=theme.as_mode(mode),
    )
    table = pd.concat([rows.assign(model=name) for name, rows in levels.items()])
    table = table[["model", "coverage", "threshold", "accuracy", "ci_low", "ci_high", "n"]]
    heads = ["Model", "Answered", "Confidence", "Accuracy", *INTERVAL, "Songs"]
    runs = selection.run_ids(*[run for _, run in curves.values()])
    content = CardContent(said[chosen], figure, table.set_axis(heads, axis=1), runs=runs)
    return content, {"said": said, "points": points}


def _at(rows: pd.DataFrame, coverage: float) -> pd.Series:
    """Return the stored level nearest to a share of songs answered."""
    return rows.iloc[(rows["coverage"] - coverage).abs().argmin()]


def _curves(
    results: Results, dataset: str, protocol: str, models: str | Sequence[str] | None
) -> dict[str, tuple[pd.DataFrame, pd.Series]]:
    """Return coverage and run of each chosen model by its name; the defaults where none is."""
    offered = model_parameters(results, dataset, protocol)[1]
    chosen = [name for name in listed(models) if name in offered.options]
    curves = {}
    for served_id in chosen or listed(offered.default):
        run = selection.find_run(results, served_id, selection.protocol_of(results, protocol))
        if run is not None:
            rows = rows_of_run(results, "coverage", run["id"])
            if len(rows):
                rows = rows.sort_values("coverage", ascending=False)
                curves[offered.options[served_id]] = (rows, run)
    short = [name.split(" · ")[0] for name in curves]
    names = short if len(set(short)) == len(short) else list(curves)  # as short as tells apart
    return dict(zip(names, curves.values(), strict=True))
