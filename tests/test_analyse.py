"""A data set and its runs become every table of the analysis folder."""

import pandas as pd
import pytest
from small_dataset import small_dataset

from pipeline import analyse as module
from pipeline.analyse import Done, analyses
from pipeline.analysis import clusters
from pipeline.artifacts import probability_columns
from pipeline.artifacts.analysis import ANALYSES, validate_analysis
from pipeline.assess import assessment_task
from pipeline.cache import Cache
from pipeline.plan import Selection, planned_runs, planned_variants
from pipeline.scoring import scored_rows
from pipeline.splits import track_groups
from pipeline.tasks import Task, run_tasks
from pipeline.train import cluster, train

DATASET = small_dataset()
GROUPS = track_groups(DATASET)
SELECTION = Selection(
    ("decision_tree", "lda_shrinkage", "kmeans_10"),
    ("segment_random", "track_kfold", "in_sample"),
    seeds=(1, 2),
    full=True,
    jobs=1,
)
PLAIN = Selection(SELECTION.models, SELECTION.protocols, jobs=1)


def quiet(done: int, total: int, label: str) -> None:
    assert done <= total


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Cache:
    return Cache(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def done(cache) -> Done:
    runs, variants = (
        train(plan(DATASET, GROUPS, SELECTION), cache=cache, jobs=1, advance=quiet)
        for plan in (planned_runs, planned_variants)
    )
    tasks = [assessment_task(run, DATASET, GROUPS) for run in (*runs, *variants)]
    made = run_tasks(tasks, cache=cache, jobs=1, advance=quiet, kind="scoring")
    return Done(
        dataset=DATASET,
        groups=GROUPS,
        runs=runs,
        variants=variants,
        assessments={task.label: own for task, own in zip(tasks, made, strict=True)},
        clusters=cluster(DATASET, SELECTION, cache=cache, advance=quiet),
    )


def one_row(kind: str) -> dict[str, object]:
    """Return a row of a kind, as a point of a curve is computed."""
    return dict.fromkeys(ANALYSES[kind].columns, 0.5)


def one_table(kind: str) -> pd.DataFrame:
    """Return a table of a kind, as a search gives it."""
    return pd.DataFrame([one_row(kind)] * 2)


@pytest.fixture(scope="module")
def tables(done, cache):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clusters, "N_INIT", 1)
        patch.setattr(
            module,
            "sweep_tasks",
            lambda *_, seed: [Task("point", f"p{k}" * 20, one_row, {"kind": "sweeps"})
                              for k in range(3)],
        )  # fmt: skip
        patch.setattr(
            module,
            "search_tasks",
            lambda *_, seed: [Task("search", "s" * 40, one_table, {"kind": "search_trials"})],
        )
        return analyses([done], SELECTION, cards={}, cache=cache, advance=quiet)


def test_every_table_is_as_declared_and_none_is_empty(tables):
    for kind, table in tables.items():
        validate_analysis(table, kind)
        assert len(table)
    # no run for new artists here, no network, no pictures of the clips, and no model is served
    absent = {"architectures", "filters", "saliency", "ablations", "picture_audio", "robustness"}
    absent |= {"importances", "band_levels", "disagreements"}
    assert set(ANALYSES) - set(tables) == absent


def test_points_of_curves_and_tables_of_searches_are_joined(tables):
    assert len(tables["sweeps"]) == 3 and len(tables["search_trials"]) == 2


def test_sweeps_searches_seeds_and_variants_come_with_full_only(done, cache):
    bare = Done(DATASET, GROUPS, done.runs, [], done.assessments, {})
    found = analyses([bare], PLAIN, cards={}, cache=cache, advance=quiet)
    absent = {"sweeps", "search_trials", "seed_ranges", "variant_effects", "cluster_matching"}
    assert not absent & set(found) and "paired_tests" in found


def test_nothing_is_computed_twice(done, cache, tables):
    plain = Done(DATASET, GROUPS, done.runs, [], done.assessments, {})

    def nothing(done: int, total: int, label: str) -> None:
        pytest.fail(f"{label} was computed again")

    analyses([plain], PLAIN, cards={}, cache=cache, advance=nothing)


def test_labels_are_doubted_by_models_that_did_not_hear_the_track(tables):
    assert set(tables["suspicious_labels"]["n_families"]) == {2}
    assert set(tables["label_checks"]["dataset"]) == {"small"}


def test_seed_ranges_count_the_plain_run_by_the_same_votes(done, tables):
    """A track's answer is the commonest of its rows, in repetitions and in the plain run."""
    found = tables["seed_ranges"].set_index(["representation", "model", "protocol", "unit"])
    row = found.loc["features_3s", "decision_tree", "segment_random", "track"]
    accuracies = []
    for run in (*done.runs, *done.variants):
        name = str(run.run_id)
        if not name.startswith("small.features_3s.decision_tree.segment_random"):
            continue
        if run.run_id.variant in (None, "seed1", "seed2"):
            answers = run.predictions.drop(columns=probability_columns(run.predictions))
            scored = scored_rows(
                answers, "track", GROUPS.table["track"], genres=["alpha", "beta", "gamma"]
            )
            accuracies.append((scored.y_true == scored.y_pred).mean())
    assert len(accuracies) == row["n_seeds"] == 3
    assert row["mean"] == pytest.approx(sum(accuracies) / 3)
    assert (row["low"], row["high"]) == (min(accuracies), max(accuracies))


def test_variants_are_compared_with_the_plain_run_of_the_same_model(tables):
    effects = tables["variant_effects"]
    assert set(effects["variant"]) == {"size_control", "dedup", "permuted"}
    for row in effects.to_dict("records"):
        assert row["id"] == f"{row['base_id']}.{row['variant']}"
        trained = (row["n_training_tracks"], row["base_n_training_tracks"])
        if row["variant"] == "size_control":
            assert trained == (36, 81)
    permuted = effects[effects["variant"] == "permuted"]
    new_songs = permuted[permuted["base_id"].str.endswith("track_kfold")]
    assert (new_songs["difference"] < -0.3).all()
