"""Files reach the results folder whole, in an order that a kill cannot damage."""

import json
import os
from pathlib import Path

import pytest

from pipeline import publish as module
from pipeline.publish import (
    COMPLETE,
    file_digest,
    finish,
    publish,
    resume,
    staging_folder,
    unchanged,
)

FILES = {
    "scores.parquet": "scores",
    "results.json": "{}",
    "predictions/a.parquet": "a",
    "models/a.onnx": "graph",
}


def staged(results: Path, *, mark: str = "new", files: dict[str, str] = FILES) -> Path:
    staging = staging_folder(results)
    for name, text in files.items():
        path = staging / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{mark} {text}")
    finish(staging, {"key": mark})
    return staging


def content(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "run.json"
    }


@pytest.fixture
def results(tmp_path) -> Path:
    return tmp_path / "results"


def test_a_complete_folder_is_moved_and_gone(results):
    publish(staged(results), results)
    assert content(results) == {name: f"new {text}" for name, text in FILES.items()}
    assert not staging_folder(results).exists()
    run = json.loads((results / "run.json").read_text())
    assert run["files_sha256"] == {name: file_digest(results / name) for name in FILES}


def test_run_json_moves_last_and_results_before_it(results, monkeypatch):
    moved = []
    replace = os.replace

    def watched(source, target):
        moved.append(Path(target).name)
        replace(source, target)

    staging = staged(results)
    monkeypatch.setattr(module.os, "replace", watched)
    publish(staging, results)
    assert moved[-3:] == ["scores.parquet", "results.json", "run.json"]
    assert len(moved) == len(FILES) + 1


@pytest.mark.parametrize("done", range(len(FILES) + 2))
def test_an_interrupted_move_is_completed_by_the_next_start(results, monkeypatch, done):
    publish(staged(results, mark="old", files=FILES | {"analysis/stale.parquet": "s"}), results)
    staging = staged(results)
    replace, moves = os.replace, []

    def killed(source, target):
        if len(moves) == done:
            raise KeyboardInterrupt
        moves.append(target)
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(module.os, "replace", killed)
        if done <= len(FILES):
            with pytest.raises(KeyboardInterrupt):
                publish(staging, results)
            assert json.loads((results / "run.json").read_text())["key"] == "old"
    resume(results)
    assert content(results) == {name: f"new {text}" for name, text in FILES.items()}
    assert unchanged(results, "new")
    assert not staging.exists()


def test_a_move_broken_off_while_it_cleaned_up_is_completed(results, monkeypatch):
    staging = staged(results)

    def killed(folder, **_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module.shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            publish(staging, results)
    resume(results)
    assert unchanged(results, "new") and not staging.exists()


def test_what_an_unfinished_run_left_is_cleared_and_the_results_stay(results):
    publish(staged(results, mark="old"), results)
    staging = staged(results)
    (staging / COMPLETE).unlink()
    resume(results)
    assert unchanged(results, "old") and not staging.exists()


def test_nothing_to_resume_changes_nothing(results):
    resume(results)
    assert not results.exists()


def test_stale_files_vanish_and_what_people_put_there_stays(results):
    publish(staged(results, mark="old"), results)
    kept = {"README.md": "read me", "candidates.json": "{}", "corpus/clip.wav": "sound"}
    stale = {"predictions/b.parquet": "b", "history/b.csv": "b", "analysis/deep/b.parquet": "b"}
    for name, text in (kept | stale).items():
        (results / name).parent.mkdir(parents=True, exist_ok=True)
        (results / name).write_text(text)
    publish(staged(results), results)
    assert content(results) == {name: f"new {text}" for name, text in FILES.items()} | kept


@pytest.mark.parametrize("name", [*FILES, "run.json"])
def test_a_deleted_or_altered_file_is_a_change(results, name):
    publish(staged(results), results)
    assert unchanged(results, "new") and not unchanged(results, "other")
    path = results / name
    kept = path.read_bytes()
    path.write_text("{")
    assert not unchanged(results, "new")
    path.unlink()
    assert not unchanged(results, "new")
    path.write_bytes(kept)
    assert unchanged(results, "new")
