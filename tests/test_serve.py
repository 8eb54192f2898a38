"""Which models are shipped, what is fitted for it, and what their cards say."""

from dataclasses import replace

import numpy as np
import pytest
from small_dataset import small_dataset

from pipeline import artifacts
from pipeline import serve as module
from pipeline.assess import assessment_task
from pipeline.cache import Cache
from pipeline.export import ExportError
from pipeline.models import MODELS
from pipeline.plan import Selection, planned_runs, planned_variants
from pipeline.serve import Export, export_task, served_runs, write_served_model
from pipeline.served_rows import REPRESENTATIONS
from pipeline.splits import track_groups
from pipeline.train import Run, train

DATASET = small_dataset(songs=True)
GROUPS = track_groups(DATASET)


def quiet(done: int, total: int, label: str) -> None:
    assert done <= total


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    selection = Selection(
        ("random_forest_small", "lda_shrinkage"), ("clip_random", "fault_filtered"), seeds=(1,)
    )
    planned = [
        *planned_runs(DATASET, GROUPS, selection), *planned_variants(DATASET, GROUPS, selection),
    ]  # fmt: skip
    return train(planned, cache=Cache(None), jobs=1, advance=quiet)


@pytest.fixture(scope="module")
def forest(runs) -> list[Run]:
    """Return the runs of the small forest on segments."""
    return served_runs(runs, {})["small.features_3s.random_forest_small"]


def test_declared_models_are_shipped_with_their_plain_runs(runs):
    found = served_runs(runs, {})
    assert set(found) == {"small.features_3s.random_forest_small"}  # not on whole clips
    for own in found.values():
        assert [run.run_id.protocol for run in own] == ["clip_random", "fault_filtered"]
        assert not any(run.run_id.variant for run in own)


@pytest.mark.parametrize("representation", ["features_song", "features_3s"])
def test_what_artist_grouped_validation_chose_is_shipped_too(runs, representation):
    served_id = f"small.{representation}.lda_shrinkage"
    chosen = {
        "artist_3fold": {"id": f"{served_id}.artist_3fold"},
        "track_kfold": {"id": "small.features_30s.lda_shrinkage.track_kfold"},
    }
    assert set(served_runs(runs, chosen)) - set(served_runs(runs, {})) == {served_id}


def test_an_export_answers_as_the_model_of_all_tracks(forest):
    task = export_task(forest, DATASET, GROUPS, seed=0)
    unit = task.arguments["unit"]
    assert len(unit.fold.train) == 270 and len(unit.fold.test) == 0
    made = task.function(**task.arguments)
    assert made.problem == "" and made.content and made.parity_error <= 1e-4


def test_the_key_of_an_export_holds_data_seed_temperature_and_converters(forest, monkeypatch):
    keys = {
        export_task(forest, DATASET, GROUPS, seed=0).key,
        export_task(forest, DATASET, GROUPS, seed=1).key,
        export_task(forest[:1], DATASET, GROUPS, seed=0).key,  # calibrated by another run
    }
    monkeypatch.setattr(module, "versions", lambda packages: dict.fromkeys(packages, "0"))
    keys.add(export_task(forest, DATASET, GROUPS, seed=0).key)
    assert len(keys) == 4


def test_what_cannot_be_exported_says_why(forest, tmp_path, monkeypatch):
    def refused(*_, **__):
        raise ExportError("too large")

    monkeypatch.setattr(module, "validate_export", refused)
    task = export_task(forest, DATASET, GROUPS, seed=0)
    made = task.function(**task.arguments)
    assert made == Export(b"", 0.0, "too large")
    with pytest.raises(ExportError, match=r"small\.features_3s\.random_forest_small: too large"):
        write_served_model(tmp_path, forest, made, None, DATASET)
    assert list(tmp_path.iterdir()) == []


def test_a_card_names_its_evaluation_and_its_strictest_score(forest, tmp_path):
    task = assessment_task(forest[1], DATASET, GROUPS)
    scores = task.function(**task.arguments).scores
    card = write_served_model(tmp_path, forest, Export(b"graph", 0.0), scores, DATASET)
    assert card == artifacts.read_cards(tmp_path)[0]
    assert card["evaluated_by"] == [str(run.run_id) for run in forest]
    assert card["honest_accuracy"]["protocol"] == "fault_filtered"
    rows = forest[1].predictions.query("part == 'test'")
    columns = artifacts.probability_columns(rows)
    mean = rows.astype(dict.fromkeys(columns, float)).groupby("track_id")[columns].mean()
    heard = mean.idxmax(axis=1).str.removeprefix(artifacts.PROBABILITY_PREFIX)
    right = (heard == heard.index.str.split(".").str[0]).mean()
    assert card["honest_accuracy"]["value"] == pytest.approx(right)
    assert card["temperature_fitted_on"]["part"] == "validation"
    assert (tmp_path / "models" / f"{card['id']}.onnx").read_bytes() == b"graph"
    assert card["window_s"] == 3 and card["n_tracks"] == 90


def test_songs_are_heard_in_windows_of_30_s():
    assert REPRESENTATIONS["features_song"].window_s == 30
    assert all(set(model.served) <= set(REPRESENTATIONS) for model in MODELS.values())


def test_a_model_that_divides_its_training_part_keeps_songs_together_when_it_is_shipped(forest):
    name = "random_forest_small"
    grouped = replace(MODELS[name], grouped=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MODELS, name, grouped)
        unit = export_task(forest, DATASET, GROUPS, seed=0).arguments["unit"]
    assert unit.groups[0] == unit.groups[1]  # the two copies
    assert len(np.unique(unit.groups)) == 89
