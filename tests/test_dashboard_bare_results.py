"""Results without analyses, or of one model: what is absent is said, and nothing false."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_models import shared_results

from dashboard.components.card import CardContent, Empty
from dashboard.pages import compare_cards, compare_updates
from dashboard.pages import overview_updates as overview
from dashboard.rows import selection
from dashboard.state import Results, State, load_results
from dashboard.words import data_sentences, sentences

FAULTS = "new-artist-faults-removed"
TWO = [f"gtzan.features_3s.{name}" for name in ("lightgbm", "random_forest")]


@pytest.fixture(scope="module")
def results() -> Results:
    return State(shared_results()).current()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("bare") / "results"
    shutil.copytree(shared_results(), folder)
    shutil.rmtree(folder / "analysis")
    return load_results(folder)


def of_one_model(results: Results) -> Results:
    """Return the runs of one model alone, whatever is stored of the others."""
    runs = results.runs
    return replace(results, runs=runs[runs["served_id"] == TWO[0]], _tables={}, _ids={})


def pair(results: Results) -> CardContent | Empty | None:
    return compare_cards.update_pair(results, TWO, FAULTS, "track", *TWO, "light")


def test_pair_without_stored_tests_says_what_to_run(bare: Results) -> None:
    said = pair(bare)
    assert isinstance(said, Empty)
    assert said.sentence == (
        "Not in these results: paired tests of these two models. Run “make results”."
    )


def test_pair_that_the_tests_left_out_has_other_songs(results: Results) -> None:
    tests = results.analysis("paired_tests")
    ids = {f"{model}.fault_filtered" for model in TWO}
    without = tests[~(tests["id_a"].isin(ids) & tests["id_b"].isin(ids))]
    said = pair(replace(results, _tables={("read_analysis", "paired_tests"): without}))
    assert isinstance(said, CardContent)
    assert said.sentence == "A and B were tested on too few of the same songs to be paired."


def models_sentence(results: Results, unit: str = "track") -> str:
    return overview.update_models(results, "gtzan", FAULTS, unit, "all")[0]


def test_ties_are_claimed_only_where_they_were_tested(results: Results, bare: Results) -> None:
    assert "tied with the best" in models_sentence(results)
    said = models_sentence(bare)
    assert "Ties were not tested: these results hold no paired tests of the best model." in said
    assert "tied with the best" not in said


@pytest.mark.parametrize("unit", ["track", "segment"])
def test_one_model_is_singular_and_has_no_ties(results: Results, unit: str) -> None:
    said = models_sentence(of_one_model(results), unit)
    assert said.startswith("1 model on ")
    assert "tied" not in said and "Ties" not in said


def test_one_model_was_compared_on_its_own_data_and_without_clusterings(results: Results) -> None:
    said = sentences.what_was_compared(of_one_model(results))
    other = results.datasets["fma"]["title"]
    assert other in sentences.what_was_compared(results)
    assert said.startswith("1 classifier on ")
    assert other not in said


def test_results_without_classifiers_name_no_way_of_testing(results: Results) -> None:
    runs = results.runs[results.runs["technique"] == "unsupervised"]
    said = sentences.what_was_compared(replace(results, runs=runs))
    assert "tested" not in said and "classifier" not in said


def test_models_that_are_level_claim_by_name(results: Results) -> None:
    scores, last = results.scores.copy(), "fault_filtered"
    own = scores["id"].isin([f"{model}.{last}" for model in TWO]) & (scores["genre"] == "")
    scores.loc[own & (scores["metric"] == "accuracy"), ["value", "ci_low", "ci_high"]] = 0.9999
    level = replace(results, scores=scores)
    said = sentences.headline(level, "gtzan", "track", selection.ALL)
    assert "level at the top" in said
    assert "the same model" not in said


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("feature_correlations", "Not in these results: Pearson's correlation of each two"),
        ("search_trials", "params is JSON. Run “make results-full”."),
        ("feature_distributions", "quantiles of each feature by genre. Run “make results”."),
    ],
)
def test_absent_analyses_are_named_as_written_with_the_command_that_makes_them(
    kind: str, said: str
) -> None:
    assert said in data_sentences.absence(False, kind, "GTZAN")


def test_diagonal_is_the_stored_accuracy_in_committed_results(repository: Path) -> None:
    committed = load_results(repository / "results")
    for run_id in [name for name in committed.outcomes if name.endswith(".fault_filtered")]:
        for unit in selection.units_of(committed, [run_id]):
            counts = committed.confusion(run_id, unit).to_numpy()
            score = selection.overall_score(committed, run_id, "accuracy", unit)
            assert score is not None
            assert counts.trace() / counts.sum() == pytest.approx(score["value"], abs=1e-6)


def test_nobody_is_asked_to_choose_a_model_that_is_not_there(results: Results) -> None:
    one = of_one_model(results)
    said = compare_updates.update_header(one, TWO[0], FAULTS, "track")[0]
    assert said.endswith("These results hold no other model to compare it with.")
    assert "Choose another" in compare_updates.update_header(results, TWO[0], FAULTS, "track")[0]
    assert overview.update_compare_link(one, [], FAULTS, "track").children is None
    assert overview.update_compare_link(results, [], FAULTS, "track").children is not None
