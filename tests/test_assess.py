"""One run's predictions become its scores, counts, picture and analyses."""

from dataclasses import replace

import pandas as pd
import pytest
from small_dataset import GENRES, small_dataset

from pipeline.artifacts.analysis import ANALYSES, validate_analysis
from pipeline.assess import LISTED_FEATURES, Assessment, assessment_task, resampled_unit
from pipeline.cache import Cache
from pipeline.plan import Selection, planned_runs, planned_variants
from pipeline.scoring import score_table
from pipeline.splits import track_groups
from pipeline.train import Run, train

DATASET = small_dataset()
GROUPS = track_groups(DATASET)


def quiet(done: int, total: int, label: str) -> None:
    assert done <= total


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    selection = Selection(
        ("decision_tree",), ("segment_random", "fault_filtered"), seeds=(1,), jobs=1
    )
    planned = [
        *planned_runs(DATASET, GROUPS, selection), *planned_variants(DATASET, GROUPS, selection),
    ]  # fmt: skip
    done = train(planned, cache=Cache(None), jobs=1, advance=quiet)
    return {str(run.run_id).removeprefix("small."): run for run in done}


def assessment(run: Run) -> Assessment:
    task = assessment_task(run, DATASET, GROUPS)
    assert task.label == str(run.run_id)
    return task.function(**task.arguments)


@pytest.fixture(scope="module")
def whole(runs) -> Assessment:
    return assessment(runs["features_3s.decision_tree.fault_filtered"])


def test_scores_are_those_of_the_predictions_resampled_by_artist(runs, whole):
    run = runs["features_3s.decision_tree.fault_filtered"]
    expected = score_table(
        run.predictions, run_id=str(run.run_id), group_of_track=GROUPS.table["artist"]
    )
    pd.testing.assert_frame_equal(whole.scores, expected)


def test_the_resampled_unit_is_the_protocols():
    assert resampled_unit("artist_3fold", GROUPS).equals(GROUPS.table["artist"])
    assert resampled_unit("track_kfold", GROUPS).equals(GROUPS.table["track"])


def test_counts_are_of_the_test_part_in_each_unit(whole):
    assert list(whole.confusions) == ["segment", "track"]
    totals = {
        unit: table[list(GENRES)].to_numpy().sum() for unit, table in whole.confusions.items()
    }
    assert totals == {"segment": 36 * 3, "track": 36}
    assert whole.picture.startswith(b"\x89PNG")


def test_every_analysis_is_of_this_run_and_as_declared(runs, whole):
    run_id = "small.features_3s.decision_tree.fault_filtered"
    assert {"roc", "calibration", "coverage", "importances", "prediction_sets"} <= set(
        whole.analyses
    )
    for kind, table in whole.analyses.items():
        assert (table["id"] == run_id).all() and len(table)
        validate_analysis(table[list(ANALYSES[kind].columns)], kind)


def test_importances_are_those_of_permutation_and_of_the_tree(whole):
    table = whole.analyses["importances"]
    assert table["kind"].nunique() == 2
    assert table.groupby("kind").size().max() <= LISTED_FEATURES


def test_no_importances_where_none_were_measured(runs):
    assert (
        "importances" not in assessment(runs["features_3s.decision_tree.segment_random"]).analyses
    )


def test_a_repetition_has_scores_and_nothing_else(runs):
    made = assessment(runs["features_3s.decision_tree.segment_random.seed1"])
    assert made.picture is None and made.confusions == {} and made.analyses == {}
    assert set(made.scores["metric"]) == {"accuracy", "macro_f1", "precision", "recall", "f1"}
    assert set(made.scores["unit"]) == {"segment", "track"}


def test_the_key_holds_predictions_groups_and_genres(runs):
    run = runs["features_3s.decision_tree.fault_filtered"]
    key = assessment_task(run, DATASET, GROUPS).key
    assert key == assessment_task(replace(run, train_s=99.0), DATASET, GROUPS).key
    alone = track_groups(replace(DATASET, artist_group=None))
    table = replace(DATASET.tables["features_3s"], genres=(*GENRES, "delta"))
    others = [
        assessment_task(replace(run, key="other"), DATASET, GROUPS).key,
        assessment_task(run, DATASET, alone).key,
        assessment_task(run, replace(DATASET, tables={"features_3s": table}), GROUPS).key,
    ]
    assert len({key, *others}) == 4
