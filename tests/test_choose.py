"""What stands for a protocol is chosen on validation tracks, and by nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from small_dataset import small_dataset

from pipeline import artifacts
from pipeline.cache import Cache
from pipeline.choose import INNER, _with_earlier, choose, write_candidates
from pipeline.evaluate import fitted, genre_numbers
from pipeline.models import MODELS
from pipeline.plan import make_unit
from pipeline.splits import PROTOCOLS, inner_folds, track_groups

DATASET = small_dataset(songs=True)
GROUPS = track_groups(DATASET)
CANDIDATES = ("dummy", "decision_tree", "lda_shrinkage")
OTHERS = ("segment_random", "clip_random", "track_kfold", "artist_3fold", "fault_filtered")


def quiet(done: int, total: int, label: str) -> None:
    assert done <= total


@pytest.fixture(autouse=True)
def quick_candidates(monkeypatch):
    """Quick models as candidates, two of them alike."""
    for name in CANDIDATES:
        monkeypatch.setitem(MODELS, name, replace(MODELS[name], candidate=True))
    twin = replace(MODELS["dummy"], name="a_twin", title="Twin")
    monkeypatch.setitem(MODELS, "a_twin", twin)


def choices(dataset=DATASET, *, models=CANDIDATES, only: str = "", cache=None):
    blanks = {name: "not asked" for name in OTHERS if only and name != only}
    return choose(
        replace(dataset, blanks=blanks),
        GROUPS,
        models=models,
        seed=0,
        cache=cache or Cache(None),
        jobs=1,
        advance=quiet,
    )


def test_the_candidate_is_the_best_of_its_ranking():
    found = choices()
    assert set(found) == set(OTHERS)
    for protocol, choice in found.items():
        accuracies = [entry["accuracy"] for entry in choice["ranking"]]
        assert accuracies == sorted(accuracies, reverse=True)
        assert (choice["id"], choice["accuracy"]) == tuple(choice["ranking"][0].values())
        assert artifacts.RunId.parse(choice["id"]).protocol == protocol
        assert "dummy" in choice["ranking"][-1]["id"]
        assert choice["unit"] == ("segment" if protocol == "segment_random" else "track")
        assert choice["inner"] == INNER[PROTOCOLS[protocol].held_group]
    assert len(found["segment_random"]["ranking"]) == 3
    assert len(found["track_kfold"]["ranking"]) == 9


@pytest.mark.parametrize("protocol", ["artist_3fold", "fault_filtered"])
def test_its_accuracy_is_that_of_validation_tracks(protocol):
    table, declared = DATASET.tables["features_song"], PROTOCOLS[protocol]
    right = []
    for fold in declared.make_folds(table, DATASET, GROUPS, 0):
        for inner in inner_folds(fold, table, GROUPS, declared, seed=0):
            unit = make_unit(MODELS["lda_shrinkage"], declared, table, GROUPS, inner, seed=0)
            answers = fitted(unit).predict_proba(table.X[inner.test]).argmax(axis=1)
            right.append(answers == genre_numbers(table)[inner.test])
    expected = np.concatenate(right)
    found = choices(models=("lda_shrinkage",), only=protocol)[protocol]
    by_id = {entry["id"]: entry["accuracy"] for entry in found["ranking"]}
    own = by_id[f"small.features_song.lda_shrinkage.{protocol}"]
    assert own == pytest.approx(expected.mean(), abs=1e-4)
    assert found["n_units"] == len(expected)


@pytest.mark.parametrize("protocol", ["segment_random", "clip_random", "fault_filtered"])
def test_a_poisoned_test_part_changes_nothing(protocol):
    tables = {}
    for name, table in DATASET.tables.items():
        X, genre = table.X.copy(), table.rows["genre"].to_numpy().copy()
        for fold in PROTOCOLS[protocol].make_folds(table, DATASET, GROUPS, 0):
            X[fold.test] = 1e6
            if protocol != "segment_random":  # there the rows are divided by their genres
                genre[fold.test] = "gamma"
        tables[name] = replace(table, X=X, rows=table.rows.assign(genre=genre))
    assert choices(only=protocol) == choices(replace(DATASET, tables=tables), only=protocol)


def test_ties_go_to_the_first_declared_whoever_asks():
    for models in (("a_twin", "dummy"), ("dummy", "a_twin")):
        ranking = choices(models=models, only="fault_filtered")["fault_filtered"]["ranking"]
        assert len({entry["accuracy"] for entry in ranking}) == 1
        names = [artifacts.RunId.parse(entry["id"]).model for entry in ranking]
        assert names == ["dummy", "a_twin"] * 3


def test_a_choice_is_kept_and_repeats_itself(tmp_path):
    cache = Cache(tmp_path)
    first = choices(only="fault_filtered", cache=cache)

    def nothing(done: int, total: int, label: str) -> None:
        pytest.fail(f"{label} was computed again")

    blanks = {name: "not asked" for name in OTHERS if name != "fault_filtered"}
    again = choose(
        replace(DATASET, blanks=blanks),
        GROUPS,
        models=CANDIDATES,
        seed=0,
        cache=cache,
        jobs=1,
        advance=nothing,
    )
    assert again == first


def test_only_declared_candidates_are_asked():
    assert choices(models=("knn_1",)) == {}


def test_candidates_come_back_from_their_file(tmp_path):
    assert artifacts.read_candidates(tmp_path) == {}
    chosen = choices(only="fault_filtered")
    write_candidates(tmp_path, chosen)
    assert artifacts.read_candidates(tmp_path) == chosen
    content = artifacts.read_json(tmp_path / "candidates.json")
    assert {"commit", "uncommitted_changes", "schema_version"} <= set(content)


def test_a_choice_among_some_keeps_what_was_found_of_the_others():
    earlier = {
        "fault_filtered": {
            "id": "gtzan.a.old.fault_filtered",
            "accuracy": 0.5,
            "n_units": 197,
            "ranking": [
                {"id": "gtzan.a.old.fault_filtered", "accuracy": 0.5},
                {"id": "gtzan.a.again.fault_filtered", "accuracy": 0.4},
            ],
        },
        "clip_random": {"id": "gtzan.a.old.clip_random", "ranking": []},
    }
    found = {
        "fault_filtered": {
            "id": "gtzan.b.new.fault_filtered",
            "accuracy": 0.6,
            "n_units": 196,
            "ranking": [
                {"id": "gtzan.b.new.fault_filtered", "accuracy": 0.6},
                {"id": "gtzan.a.again.fault_filtered", "accuracy": 0.3},
            ],
        }
    }
    joined = _with_earlier(found, earlier, ["new", "again"])
    assert joined["clip_random"] == earlier["clip_random"]
    best = joined["fault_filtered"]
    assert (best["id"], best["n_units"]) == ("gtzan.b.new.fault_filtered", 196)
    assert [entry["accuracy"] for entry in best["ranking"]] == [0.6, 0.5, 0.3]
