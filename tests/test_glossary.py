"""Every number that the results score is explained, once, in two sentences."""

import re

import pytest

from dashboard.components.facts import CHIPS
from dashboard.glossary import GROUPS, TERMS, help_href, metric_href
from dashboard.state import Results, load_results
from pipeline.artifacts.analysis import ANALYSES
from pipeline.config import REPOSITORY

# Columns that say of what, where or how many a number is, and are no score themselves.
PLACES = {
    "dataset", "representation", "protocol", "variant", "unit", "id", "id_a", "id_b", "base_id",
    "model", "title", "track_id", "genre", "genre_a", "genre_b", "y_true", "y_pred", "cluster",
    "feature", "feature_a", "feature_b", "family", "neighbour", "group", "ingredient", "layer",
    "kind", "shape", "receives", "sweep", "stage", "metric", "quantity", "band", "bin", "filter",
    "row", "column", "column_s", "place", "rank", "trial", "params", "suggested", "conflicting",
    "found_in", "duplicate", "checked_against", "calibrated_on", "fitted_on", "verdict",
    "ci_low", "ci_high", "n", "n_units", "n_repeats", "n_folds", "n_seeds", "n_clusters",
    "n_cluster", "n_genre", "n_disagree", "n_families", "n_parameters", "n_training_tracks",
    "base_n_training_tracks", "n_listed", "n_listed_faulty", "n_other", "n_other_faulty",
    "both_right", "only_a", "only_b", "neither", "alteration", "level", "n_groups",
    "unchanged_low", "unchanged_high", "difference_low", "difference_high",
}  # fmt: skip
# Values in data units, drawn as they are: of a feature, a setting, a kernel.
IN_DATA_UNITS = {
    "feature_distributions": {"p5", "p25", "p50", "p75", "p95", "mean", "sd"},
    "feature_scales": {"value"}, "genre_scales": {"value"}, "sweeps": {"value"},
    "filters": {"weight"},
}  # fmt: skip
# These name what their "value" is in another column.
NAMED_BY = {
    "ranking_scores": "metric", "calibration_scores": "metric", "importances": "kind",
    "picture_audio": "quantity",
}  # fmt: skip


@pytest.fixture(scope="module")
def results() -> Results:
    return load_results(REPOSITORY / "results")


def test_every_metric_of_the_scores_is_explained(results: Results):
    for metric in results.scores["metric"].unique():
        assert metric_href(metric), metric


@pytest.mark.parametrize("kind", ANALYSES)
def test_every_number_of_the_analyses_is_explained(kind: str, results: Results):
    table, named_by = results.analysis(kind), NAMED_BY.get(kind)
    names = {f"{kind}.{column}" for column in ANALYSES[kind].columns if column not in PLACES}
    names -= {f"{kind}.{column}" for column in IN_DATA_UNITS.get(kind, ())}
    if named_by:
        names.discard(f"{kind}.value")
        own = set(map(str, table[named_by].unique()))
        assert own, f"{kind} has no rows to learn its names from"
        names |= {name if metric_href(name) else f"{kind}.{name}" for name in own}
    assert [name for name in sorted(names) if not metric_href(name)] == []


def test_every_chip_of_the_model_page_leads_to_its_explanation():
    for metric in CHIPS:
        assert (metric_href(metric) or "").removeprefix("/help#") in TERMS


@pytest.mark.parametrize("name", TERMS)
def test_a_term_is_two_sentences(name: str):
    term = TERMS[name]
    assert len(re.findall(r"[.](?= [A-Z0-9“]|$)", term.text)) == 2, term.text
    assert term.name and term.keys
    assert help_href(name) == f"/help#{name}"


def test_no_term_stands_twice_and_no_key_has_two_terms():
    names = [name for group in GROUPS for name in group.terms]
    keys = [key for term in TERMS.values() for key in term.keys]
    assert len(names) == len(set(names))
    assert len(keys) == len(set(keys))
