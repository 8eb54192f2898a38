"""What is sent to workers: each table once, and everything as it was."""

import pickle
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from small_dataset import small_dataset

from pipeline.cache import digest
from pipeline.cluster import agreement
from pipeline.cluster.agreement import Facts, code_digest, objections, own_facts, refusal
from pipeline.cluster.parcels import SHARED_BYTES, Parcels, unpacked
from pipeline.evaluate import fit_fold
from pipeline.plan import Selection, planned_runs
from pipeline.splits import track_groups
from pipeline.tasks import Task

LARGE = np.random.default_rng(0).normal(size=(3000, 20))
TABLE = pd.DataFrame(LARGE).rename(columns=str)


@dataclass(frozen=True)
class Held:
    """An argument that holds others."""

    X: np.ndarray
    parts: tuple


def nothing(**arguments: object) -> None:
    """Do nothing."""


def parcels(*arguments: dict) -> Parcels:
    return Parcels([Task("", "", nothing, own) for own in arguments])


def sent(made: Parcels, place: int) -> dict:
    parcel, numbers = made.pack(place)
    shared = [pickle.loads(pickle.dumps(made.shared[number])) for number in numbers]
    function, arguments = unpacked(parcel, shared)
    assert function is nothing
    return arguments


def test_what_several_tasks_hold_is_packed_once_wherever_it_is():
    made = parcels(
        {"held": Held(LARGE, (1, {"table": TABLE}))},
        {"X": LARGE, "number": 2},
        {"tables": [TABLE, TABLE.copy()]},
    )
    assert len(made.shared) == 2
    assert made.shared[0] is LARGE and made.shared[1] is TABLE
    assert len(made.pack(1)[0]) < 500 < SHARED_BYTES < LARGE.nbytes
    assert made.pack(1)[1] == [0] and made.pack(0)[1] == [0, 1] and made.pack(2)[1] == [1]
    held = sent(made, 0)["held"]
    assert held.X.tobytes() == LARGE.tobytes() and held.X.dtype == LARGE.dtype
    pd.testing.assert_frame_equal(held.parts[1]["table"], TABLE)
    assert sent(made, 1)["number"] == 2
    first, second = sent(made, 2)["tables"]
    pd.testing.assert_frame_equal(first, second)


def test_what_one_task_holds_or_is_small_goes_with_its_task():
    small = np.arange(10)
    made = parcels({"X": LARGE, "twice": LARGE, "small": small}, {"small": small})
    assert made.shared == []
    arguments = sent(made, 0)
    assert arguments["X"] is arguments["twice"]
    assert np.array_equal(arguments["X"], LARGE) and np.array_equal(arguments["small"], small)


def test_equal_values_are_shared_only_if_they_are_the_same_object():
    assert parcels({"X": LARGE}, {"X": LARGE.copy()}).shared == []


def test_shared_arrays_cannot_be_written_and_the_senders_own_still_can():
    made = parcels({"X": LARGE}, {"X": LARGE})
    with pytest.raises(ValueError, match="read-only"):
        sent(made, 0)["X"][0] = 1
    assert LARGE.flags.writeable


def test_units_of_training_share_their_table():
    dataset = small_dataset(spread=2.0)
    selection = Selection(("dummy", "knn_1"), ("track_kfold",), jobs=1)
    planned = planned_runs(dataset, track_groups(dataset), selection)
    work = [Task("", "", fit_fold, {"unit": unit}) for run in planned for unit in run.units]
    made = Parcels(work)
    for place, task in enumerate(work):
        parcel, numbers = made.pack(place)
        _, arguments = unpacked(parcel, [made.shared[number] for number in numbers])
        ours, theirs = task.arguments["unit"], arguments["unit"]
        assert digest(ours.table.X, ours.table.rows, ours.fold.train, ours.seed) == digest(
            theirs.table.X, theirs.table.rows, theirs.fold.train, theirs.seed
        )


def test_a_process_has_no_objection_to_itself():
    assert objections(own_facts()) == []
    assert {"numpy", "scikit-learn", "distributed"} <= dict(own_facts().packages).keys()


@pytest.mark.parametrize(
    ("changed", "objection"),
    [
        ({"python": "3.9"}, r"Python 3\.\d+, not 3\.9"),
        ({"packages": (("numpy", "1.0"),)}, r"numpy 2\S+, not 1\.0"),
        ({"packages": (("scikit-learn", "missing"),)}, "scikit-learn 1.*, not missing"),
        ({"code": "0" * 64}, "another version of this code, in .* on "),
    ],
)
def test_each_difference_is_an_objection_and_says_what_to_do(changed, objection):
    expected = Facts(**{**vars(own_facts()), **changed})
    found = objections(expected)
    assert len(found) == 1
    message = rf"^worker w has {objection}.*\. Every machine needs the same commit, .* Python; "
    with pytest.raises(agreement.ClusterError, match=message):
        raise refusal("w", found)


def test_the_code_digest_sees_every_module(tmp_path, monkeypatch):
    monkeypatch.setattr(agreement, "REPOSITORY", tmp_path)
    module = tmp_path / "pipeline" / "models" / "a.py"
    module.parent.mkdir(parents=True)
    digests = []
    for content in ("x = 1", "x = 2"):
        module.write_text(content)
        digests.append(code_digest())
    module.rename(module.with_name("b.py"))
    digests.append(code_digest())
    assert len(set(digests)) == 3
