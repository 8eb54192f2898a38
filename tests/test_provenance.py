"""run.json: which code, which data, and how often the test parts were looked at."""

import subprocess
from dataclasses import replace

import pytest
from small_dataset import small_dataset

from pipeline import provenance as module
from pipeline.plan import Selection
from pipeline.provenance import logged_in, provenance


def facts(*, datasets=(), **changes):
    given = {
        "selection": Selection(seed=3),
        "wall_times_s": {"train": 1.26},
        "evaluations": [],
    }
    return provenance(datasets or [small_dataset()], **(given | changes))


def test_facts_name_seed_versions_inputs_and_times():
    run = facts()
    assert run["seeds"]["models"] == 3
    assert run["wall_times_s"] == {"train": 1.3}
    assert set(run["inputs_sha256"]) == {"small.features_3s", "small.features_30s"}
    assert set(run["versions"]) == set(module.PACKAGES)


@pytest.mark.parametrize(
    ("selection", "command"),
    [
        (Selection(), "make results"),
        (Selection(full=True, seeds=(1, 2)), "make results-full"),
        (
            Selection(("dummy", "knn_1"), ("track_kfold",)),
            "python -m pipeline train --models 'dummy,knn_1' --protocols 'track_kfold'",
        ),
        (
            Selection(only="*.dummy.*", full=True),
            "python -m pipeline train --only '*.dummy.*' --full",
        ),
    ],
)
def test_the_command_is_the_one_that_gives_these_results(selection, command):
    real = replace(small_dataset(), synthetic=False)
    assert facts(datasets=[real], selection=selection)["command"] == command
    assert facts(selection=selection)["command"] == "python -m pipeline demo"


def test_inputs_of_every_data_set_are_named():
    other = replace(small_dataset(), name="other")
    inputs = facts(datasets=[small_dataset(), other])["inputs_sha256"]
    assert {name.split(".")[0] for name in inputs} == {"small", "other"} and len(inputs) == 4


def test_tracks_without_usable_sound_are_named_with_the_reason():
    deaf = replace(small_dataset(), left_out=(("jazz.1", "the file is empty"),))
    other = replace(small_dataset(), name="other")
    assert facts(datasets=[deaf, other])["left_out"] == {"small": {"jazz.1": "the file is empty"}}


def test_a_new_or_damaged_folder_knows_of_no_evaluation(tmp_path):
    assert logged_in(tmp_path) == []
    for content in ("{", "{}"):
        (tmp_path / "run.json").write_text(content)
        assert logged_in(tmp_path) == []


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    def git(*arguments):
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True)

    git("init", "-q")
    (tmp_path / "code.py").write_text("1")
    git("add", ".")
    git("commit", "-qm", "first")
    monkeypatch.setattr(module, "REPOSITORY", tmp_path)
    return tmp_path


def test_uncommitted_code_is_reported_and_results_are_not_code(checkout):
    assert len(module.commit()) == 40
    (checkout / "results").mkdir()
    (checkout / "results" / "results.json").write_text("{}")
    assert module.uncommitted_changes() is False
    (checkout / "code.py").write_text("2")
    assert module.uncommitted_changes() is True


def test_results_being_written_are_not_code(repository):
    ignored = subprocess.run(
        ["git", "check-ignore", "-q", ".results.new/run.json"], cwd=repository, check=False
    )
    assert ignored.returncode == 0


def test_outside_a_checkout_the_commit_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "REPOSITORY", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert module.commit() is None
    assert module.uncommitted_changes() is None
