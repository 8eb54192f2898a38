"""The cards of the Compare page: plain functions from results to sentence, figure and numbers."""

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from dashboard import theme
from dashboard.components.card import CardContent, Empty
from dashboard.figures.agreement import agreement_figure
from dashboard.figures.confusion import shares_of_rows
from dashboard.figures.difference import confusion_difference, difference_figure, pair_figure
from dashboard.figures.grouped_genres import grouped_genres_figure
from dashboard.figures.matrices import height_px, matrices_figure
from dashboard.figures.seeds import seeds_figure
from dashboard.figures.significance import significance_figure, verdict_text
from dashboard.kept import FEW, kept
from dashboard.leads import SONGS_NOTE, in_column
from dashboard.query import Parameter
from dashboard.rows import compare_leads, selection
from dashboard.rows.comparison import Compared, compared, seed_rows
from dashboard.rows.pairs import has_tests, pairs_of
from dashboard.state import Results
from dashboard.words import compare_sentences

Models = str | Sequence[str]
METRIC = Parameter(
    "metric",
    "Score",
    {"precision": "precision", "recall": "recall", "f1": "F1"},
    "precision",
)
NO_TESTS = Empty("paired tests of these two models", "make results")
CELLS = Parameter("cells", "Cells", {"shares": "percent", "counts": "counts"}, "shares")


@kept(FEW)
def update_genres(
    results: Results, models: Models, protocol: str, unit: str, metric: str, mode: object
) -> CardContent | None:
    """Return one score of every genre and model."""
    comparison = compared(results, models, protocol, unit)
    if comparison.runs.empty:
        return None
    tables = [
        selection.genre_scores(results, run["id"], unit).assign(
            short=run["short"],
            family=run["family"],
            models=",".join(compare_leads.led_by(comparison, run["served_id"])),
        )
        for _, run in comparison.runs.iterrows()
    ]
    scores = pd.concat(tables, ignore_index=True)
    scores = scores[scores["metric"] == metric]
    name = METRIC.options[metric]
    figure = grouped_genres_figure(
        scores,
        sorted(set(scores["genre"])),
        metric=name,
        mode=theme.as_mode(mode),
        lead=compare_leads.genre_lead(results, comparison, metric),
    )
    said = compare_sentences.genres_sentence(scores, name, comparison)
    table = scores[["genre", "short", "value", "ci_low", "ci_high"]].sort_values(
        "genre", kind="stable"
    )
    heads = ["Genre", "Model", name.capitalize(), "95 % low", "95 % high"]
    behind = compare_leads.genre_addresses(results, comparison, metric, table)
    table = table.set_axis(heads, axis=1)
    leads = in_column(table, name.capitalize(), behind)
    return CardContent(said, figure, table, runs=tuple(comparison.names), leads=leads)


@kept(FEW)
def update_matrices(
    results: Results,
    models: Models,
    protocol: str,
    unit: str,
    cells: str,
    mode: object,
    narrow: object = False,
) -> tuple[CardContent | None, dict[str, str]]:
    """Return the confusion matrices side by side, and the figure's style: its height."""
    comparison = compared(results, models, protocol, unit)
    matrices = _matrices(results, comparison)
    style = {"height": f"{height_px(len(matrices), narrow=bool(narrow))}px"}
    if not matrices:
        return None, style
    show = _show(cells)
    marked, leads = compare_leads.matrix_leads(results, comparison)
    figure = matrices_figure(
        matrices,
        show=show,
        mode=theme.as_mode(mode),
        narrow=bool(narrow),
        songs=compare_leads.songs_of(results, comparison),
        leads=marked,
    )
    parts = [
        (counts if show == "counts" else shares_of_rows(counts))
        .rename_axis("True genre")
        .reset_index()
        .assign(Model=name)
        for name, counts in matrices.items()
    ]
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "Model", table.pop("Model"))
    said = _with_note(compare_sentences.matrices_sentence(matrices, comparison), unit)
    return CardContent(said, figure, table, tuple(comparison.names), leads), style


@kept(FEW)
def update_difference(
    results: Results,
    models: Models,
    protocol: str,
    unit: str,
    cells: str,
    a: str,
    b: str,
    mode: object,
) -> CardContent | None:
    """Return the confusions of A minus those of B."""
    comparison = compared(results, models, protocol, unit)
    matrices = _matrices(results, comparison)
    first, second = comparison.run_of(a), comparison.run_of(b)
    if first is None or second is None:
        return None
    show, names = _show(cells), (str(first["short"]), str(second["short"]))
    difference = confusion_difference(matrices[names[0]], matrices[names[1]], show)
    said = compare_sentences.difference_sentence(
        difference, names, comparison, shares=show == "shares"
    )
    lead = compare_leads.difference_lead(results, comparison, first, second)
    return CardContent(
        _with_note(said, unit),
        difference_figure(difference, show=show, mode=theme.as_mode(mode), lead=lead),
        difference.rename_axis("True genre").reset_index(),
        runs=selection.run_ids(first, second),
        leads=compare_leads.difference_addresses(results, lead, first),
    )


@kept(FEW)
def update_pair(
    results: Results, models: Models, protocol: str, unit: str, a: str, b: str, mode: object
) -> CardContent | Empty | None:
    """Return who of A and B was right when, where they were tested against each other."""
    comparison = compared(results, models, protocol, unit)
    first, second = comparison.run_of(a), comparison.run_of(b)
    if first is None or second is None:
        return None
    if first["id"] != second["id"] and not has_tests(results, (first["id"], second["id"])):
        return NO_TESTS
    pairs = pairs_of(results, comparison.runs["id"])
    found = pairs[(pairs["id_a"] == first["id"]) & (pairs["id_b"] == second["id"])]
    pair = None if found.empty else found.iloc[0]
    names = str(first["short"]), str(second["short"])
    shown = theme.as_mode(mode)
    # An empty line and not nothing: the page waits until each figure in sight has a trace.
    blank = theme.blank_figure(shown).add_scatter(x=[], y=[])
    table = _pairs_table(found, comparison.names)
    lead = compare_leads.pair_lead(results, comparison, first, second)
    return CardContent(
        compare_sentences.pair_sentence(pair, names),
        blank if pair is None else pair_figure(pair, names, mode=shown, lead=lead),
        table,
        runs=selection.run_ids(first, second),
        leads=compare_leads.pair_leads(results, comparison, found, list(table.columns)),
    )


@kept(FEW)
def update_agreement(
    results: Results, models: Models, protocol: str, unit: str, mode: object
) -> CardContent | None:
    """Return how often any two of the models give the same answer."""
    comparison = compared(results, models, protocol, unit)
    pairs = pairs_of(results, comparison.runs["id"])
    if pairs.empty:
        return None
    names, once = comparison.names, pairs.iloc[: len(pairs) // 2]
    table, lead = _pairs_table(once, names), compare_leads.same_lead(results, comparison)
    return CardContent(
        compare_sentences.agreement_sentence(pairs, names),
        agreement_figure(pairs, names, mode=theme.as_mode(mode), lead=lead),
        table,
        runs=tuple(names),
        leads=compare_leads.pair_leads(results, comparison, once, list(table.columns)),
    )


@kept(FEW)
def update_significance(
    results: Results,
    models: Models,
    protocol: str,
    unit: str,
    mode: object,
    narrow: object = False,
) -> CardContent | None:
    """Return which of the models are better than which."""
    comparison = compared(results, models, protocol, unit)
    pairs = pairs_of(results, comparison.runs["id"])
    if pairs.empty:
        return None
    names = comparison.names
    figure = significance_figure(pairs, names, mode=theme.as_mode(mode), narrow=bool(narrow))
    table = pd.DataFrame(
        {
            "Model": pairs["id_a"].map(names),
            "Against": pairs["id_b"].map(names),
            "Verdict": list(map(verdict_text, pairs["verdict"], pairs["p_holm"])),
            "p, McNemar": pairs["p_mcnemar"],
            "p, Holm": pairs["p_holm"],
            "p over folds, Holm": pairs["p_t_holm"],
        }
    ).dropna(axis="columns", how="all")  # one fold has no test over folds
    said = compare_sentences.significance_sentence(pairs, names, comparison.protocol)
    return CardContent(said, figure, table, runs=tuple(names))


@kept(FEW)
def update_seeds(
    results: Results, models: Models, protocol: str, unit: str, mode: object
) -> CardContent | None:
    """Return how far the models' scores move with the seed."""
    ranges = seed_rows(results, compared(results, models, protocol, unit))
    if ranges.empty:
        return None
    columns = ["name", "n_seeds", "mean", "sd", "low", "high", "published"]
    heads = ["Model and protocol", "Seeds", "Mean", "Spread (sd)", "Lowest", "Highest", "Published"]
    return CardContent(
        compare_sentences.seeds_sentence(ranges, unit),
        seeds_figure(ranges, mode=theme.as_mode(mode), unit=selection.UNITS[unit]),
        ranges[columns].set_axis(heads, axis=1),
        runs=tuple(ranges["served_id"] + "." + ranges["protocol"]),
    )


def _with_note(sentence: str, unit: str) -> str:
    """Return a sentence that also says what cells lead to, where they do not count songs."""
    return f"{sentence} {SONGS_NOTE}" if unit == "segment" else sentence


def _matrices(results: Results, comparison: Compared) -> dict[str, pd.DataFrame]:
    """Return confusion counts by model name, in the order chosen."""
    return {
        name: results.confusion(run_id, comparison.unit)
        for run_id, name in comparison.names.items()
    }


def _show(cells: str) -> Literal["counts", "shares"]:
    return "counts" if cells == "counts" else "shares"


def _pairs_table(pairs: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    heads = {
        "n_units": "Songs", "agreement": "Same answer", "both_right": "Both right",
        "only_a": "Only A right", "only_b": "Only B right", "neither": "Neither right",
    }  # fmt: skip
    table = pairs[list(heads)].rename(columns=heads)
    table.insert(0, "A", pairs["id_a"].map(names))
    table.insert(1, "B", pairs["id_b"].map(names))
    return table
