"""A build that is killed at any moment damages nothing, and the next one completes it.

A process of its own builds and reports each step; it is killed with SIGKILL right after the step
that a seeded draw names, while it computes, writes and moves files.
"""

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_dataset import small_dataset

from pipeline import artifacts
from pipeline.analysis import clusters
from pipeline.build import build_results
from pipeline.cache import Cache
from pipeline.config import REPOSITORY
from pipeline.plan import Selection
from pipeline.publish import file_digest

TABLES = small_dataset().tables
DATASET = replace(small_dataset(), tables={"features_30s": TABLES["features_30s"]})
PROTOCOL_NAMES = ("clip_random", "fault_filtered", "in_sample")
BEFORE = Selection(("dummy",), PROTOCOL_NAMES, jobs=1)
AFTER = Selection(("dummy", "decision_tree", "lda_shrinkage", "kmeans_10"), PROTOCOL_NAMES, jobs=1)
MOVING = "moving"

DRIVER = f"""
import os, sys, time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from small_dataset import small_dataset

from pipeline import publish
from pipeline.analysis import clusters
from pipeline.build import build_results
from pipeline.cache import Cache
from pipeline.plan import Selection

def step(done, total, label):
    print(label, flush=True)
    time.sleep(0.02)

def move(source, target):
    print("{MOVING}", flush=True)
    time.sleep(0.02)
    os.replace(source, target)

clusters.N_INIT = 1
publish.os = SimpleNamespace(replace=move)
dataset = small_dataset()
dataset = replace(dataset, tables={{"features_30s": dataset.tables["features_30s"]}})
selection = Selection({AFTER.models!r}, {AFTER.protocols!r}, jobs=1)
build_results([dataset], Path(sys.argv[1]), selection, cache=Cache(Path(sys.argv[2])), advance=step)
"""


def quiet(done: int, total: int, label: str) -> None:
    assert done <= total


def built(folder: Path, selection: Selection, cache: Cache) -> None:
    assert build_results([DATASET], folder, selection, cache=cache, advance=quiet)


@pytest.fixture(autouse=True)
def one_start(monkeypatch):
    monkeypatch.setattr(clusters, "N_INIT", 1)


def killed_after(step: int, of: str, script: Path, results: Path, cache: Path) -> None:
    """Build in another process and kill it after so many steps whose label begins with ``of``."""
    paths = [str(REPOSITORY), str(REPOSITORY / "tests" / "support")]
    process = subprocess.Popen(
        [sys.executable, str(script), str(results), str(cache)],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(paths), "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"},
    )
    assert process.stdout is not None
    seen = 0
    for line in process.stdout:
        seen += line.startswith(of)
        if seen > step:
            process.kill()
            break
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL


def assert_whole(results: Path) -> None:
    """Every run that the folder names has its files, and each file can be read."""
    content = artifacts.read_results(results)
    for metadata in content["metadata"]:
        read = (
            artifacts.read_clusters
            if metadata["technique"] == "unsupervised"
            else artifacts.read_predictions
        )
        assert len(read(results, metadata["id"]))
    for path in results.rglob("*"):
        if path.suffix == ".parquet":
            assert len(pd.read_parquet(path).columns)
        elif path.suffix == ".json":
            assert artifacts.read_json(path)
        assert path.suffix != ".tmp"


def untimed(folder: Path) -> dict:
    content = artifacts.read_results(folder)
    for metadata in content["metadata"]:
        metadata |= {"train_s": None, "predict_ms": None}
    return content


def test_a_build_killed_again_and_again_ends_as_one_that_was_left_alone(tmp_path):
    script = tmp_path / "driver.py"
    script.write_text(DRIVER)
    results, cache = tmp_path / "results", tmp_path / "cache"
    built(results, BEFORE, Cache(None))
    old = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}

    rng = np.random.default_rng(3)
    for step in rng.integers(1, 7, size=3):  # of what the cache does not hold yet
        killed_after(int(step), "", script, results, cache)
        assert {path: path.read_bytes() for path in results.rglob("*") if path.is_file()} == old
        assert_whole(results)
    for step in (0, int(rng.integers(3, 30))):
        killed_after(step, MOVING, script, results, cache)
        assert_whole(results)

    written = build_results([DATASET], results, AFTER, cache=Cache(cache), advance=quiet)
    assert written is False  # the last move only had to be completed
    run = artifacts.read_run(results)
    assert {name: file_digest(results / name) for name in run["files_sha256"]} == run[
        "files_sha256"
    ]
    left_alone = tmp_path / "left_alone"
    built(left_alone, AFTER, Cache(None))
    names = {str(path.relative_to(left_alone)) for path in left_alone.rglob("*") if path.is_file()}
    assert {
        str(path.relative_to(results)) for path in results.rglob("*") if path.is_file()
    } == names
    for name in names - {"run.json", "results.json"}:
        assert (results / name).read_bytes() == (left_alone / name).read_bytes(), name
    assert untimed(results) == untimed(left_alone)
    assert {path.name for path in tmp_path.iterdir()} == {
        "results", "cache", "left_alone", "driver.py",
    }  # fmt: skip
