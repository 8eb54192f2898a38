"""Units on a real Dask cluster: a scheduler and workers in processes of their own, over TCP.

Outcomes are a serial run's, bit for bit, whatever dies; and what cannot work says why.
"""

import io
import os
import shutil
import signal
import socket
import time
from dataclasses import is_dataclass
from pathlib import Path

import cluster_units
import dask_processes
import fsspec
import numpy as np
import pytest
import soundfile
from small_dataset import small_dataset

from pipeline.cache import Cache, digest
from pipeline.cluster import Cluster, ClusterError, connected, connection, run
from pipeline.config import ANALYSIS, REPOSITORY
from pipeline.locations import LocationError, location_of
from pipeline.plan import Selection, planned_runs
from pipeline.splits import track_groups
from pipeline.tasks import Task, run_tasks
from pipeline.train import train

EXAMPLES = sorted((REPOSITORY / "assets" / "examples").glob("*.mp3"))


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Address of a scheduler with two workers, which their nannies start again when they die."""
    folder = tmp_path_factory.mktemp("dask")
    with dask_processes.scheduler(folder) as (address, _):
        options = ("--nworkers", "2", "--nthreads", "1")
        with dask_processes.worker(address, folder / "workers", *options):
            yield address


@pytest.fixture(scope="module")
def cluster(address):
    with connected(address, first_worker_s=dask_processes.START_S) as cluster:
        yield cluster


def tasks(function, arguments: list[dict]) -> list[Task]:
    name = function.__name__
    return [
        Task(f"{name} {place}", digest(name, place), function, own)
        for place, own in enumerate(arguments)
    ]


def outcomes(work: list[Task], jobs: Cluster | int, cache: Cache | None = None, advance=None):
    quiet = advance or (lambda done, total, label: None)
    return run_tasks(work, cache=cache or Cache(None), jobs=jobs, advance=quiet, kind="units")


def test_outcomes_come_in_order_and_are_kept_here_as_they_arrive(cluster, tmp_path):
    numbers = [5, 3, 8, 1, 9, 2, 7]
    work = tasks(cluster_units.square, [{"number": number} for number in numbers])
    cache, seen = Cache(tmp_path), []

    def advance(done: int, total: int, label: str) -> None:
        kept = [cache.get(task.key)[0] for task in work]
        seen.append((done, total, sum(kept), label))

    assert outcomes(work, cluster, cache, advance) == [number**2 for number in numbers]
    assert [entry[:3] for entry in seen] == [(k, 7, k) for k in range(8)]
    assert {label for *_, label in seen[1:]} == {f"units: square {k}" for k in range(7)}
    assert outcomes(work, cluster, cache, pytest.fail) == [number**2 for number in numbers]


def test_an_error_names_its_unit_and_its_worker_and_what_was_finished_is_kept(cluster, tmp_path):
    work = tasks(cluster_units.square, [{"number": number} for number in (4, 3, -2)])
    with pytest.raises(ValueError, match="no square of -2") as caught:
        outcomes(work, cluster, Cache(tmp_path))
    worker, unit = caught.value.__notes__
    assert worker.startswith("on worker tcp://127.0.0.1:")
    assert unit == "in the unit 'square 2'"
    assert outcomes(work[:2], cluster) == [16, 9]  # the cluster is none the worse


def test_units_work_in_one_thread(cluster):
    (threads,) = outcomes(tasks(cluster_units.numeric_threads, [{"size": 5000}]), cluster)
    assert len(threads) >= 2 and set(threads) == {1}


def tone(path: Path) -> Path:
    t = np.arange(4 * ANALYSIS.sr) / ANALYSIS.sr
    soundfile.write(path, 0.4 * np.sin(2 * np.pi * 440 * t) * np.exp(-t), ANALYSIS.sr)
    return path


def same_features(clips: list[Path], cluster: Cluster) -> None:
    arguments = [
        {"location": location_of(clip), "feature": feature, "window_s": window_s}
        for clip in clips
        for feature, window_s in (("summary", 30), ("summary", 3), ("mel", 30))
    ]
    work = tasks(cluster_units.features_of_clip, arguments)
    serial, spread = outcomes(work, 1), outcomes(work, cluster)
    assert all(map(len, serial))
    assert [digest(own) for own in map(array_parts, serial)] == [
        digest(own) for own in map(array_parts, spread)
    ]


def array_parts(features: list) -> list:
    return [vars(own) if is_dataclass(own) else own for own in features]


def test_features_equal_those_of_a_serial_run_bit_for_bit(cluster, tmp_path):
    assert len(EXAMPLES) == 3
    same_features([*EXAMPLES, tone(tmp_path / "tone.wav")], cluster)


def test_features_of_real_clips_equal_those_of_a_serial_run(cluster, data_root):
    clips = sorted(data_root.rglob("genres_original/*/*.00000.*"))
    assert clips, f"no clip below {data_root}"
    same_features(clips[:2], cluster)


def test_training_equals_a_serial_run_byte_for_byte(cluster):
    dataset = small_dataset()
    selection = Selection(
        ("dummy", "knn_1", "lda_shrinkage", "random_forest_small"),
        ("segment_random", "artist_3fold"),
    )
    planned = planned_runs(dataset, track_groups(dataset), selection)
    serial, spread = (
        train(planned, cache=Cache(None), jobs=jobs, advance=lambda *now: None)
        for jobs in (1, cluster)
    )
    assert len(serial) == 4 + 8
    for ours, theirs in zip(serial, spread, strict=True):
        assert (ours.run_id, ours.key) == (theirs.run_id, theirs.key)
        for part in ("predictions", "permuted", "importances"):
            assert table_bytes(getattr(ours, part)) == table_bytes(getattr(theirs, part))


def table_bytes(table) -> bytes:
    file = io.BytesIO()
    if table is not None:
        table.to_parquet(file)
    return file.getvalue()


def test_a_worker_killed_in_the_middle_loses_nothing_and_gives_nothing_twice(cluster, tmp_path):
    folder, cache = tmp_path / "running", Cache(tmp_path / "cache")
    folder.mkdir()
    X = np.random.default_rng(0).normal(size=20_000)  # shared by all: the dead worker held it too
    work = tasks(
        cluster_units.slow_sum,
        [{"X": X, "number": number, "folder": str(folder)} for number in range(14)],
    )
    seen, killed = [], []

    def kill_one(done: int, total: int, label: str) -> None:
        seen.append(label)
        while done == 3 and not killed:
            for number, process in (path.name.split(".") for path in folder.glob("*.*")):
                os.kill(int(process), signal.SIGKILL)
                killed.append(int(number))
                break

    assert outcomes(work, cluster, cache, kill_one) == [float((k * X).sum()) for k in range(14)]
    assert sorted(seen[1:]) == sorted(f"units: slow_sum {k}" for k in range(14))
    starts = [len((folder / f"{number}").read_text()) for number in range(14)]
    assert sum(starts) > 14  # what the dead worker had begun was begun again
    assert all(cache.get(task.key)[0] for task in work)


def test_a_unit_that_kills_three_workers_is_named_and_the_others_are_kept(cluster, tmp_path):
    work = tasks(cluster_units.square, [{"number": number} for number in range(6)])
    work.insert(2, Task("too large", "", cluster_units.kill_own_process, {"number": 0}))
    cache = Cache(tmp_path)
    with pytest.raises(ClusterError, match="the unit 'too large' killed 3 workers in a row"):
        outcomes(work, cluster, cache)
    assert [cache.get(task.key) for task in work if task.key] == [(True, k * k) for k in range(6)]


def test_a_file_of_the_workers_is_read_there_and_one_they_lack_is_said(cluster, tmp_path):
    (tmp_path / "clip.wav").write_bytes(b"sound")
    memory = fsspec.filesystem("memory")  # of this process: no worker sees it
    memory.pipe("/clip.wav", b"sound")
    places = [str(tmp_path / "clip.wav"), f"file://{tmp_path}/clip.wav", "memory://clip.wav"]
    work = tasks(cluster_units.content, [{"location": place} for place in places])
    try:
        assert outcomes(work, 1) == [b"sound"] * 3
        assert outcomes(work[:2], cluster) == [b"sound"] * 2
        with pytest.raises(LocationError) as caught:
            outcomes(work[2:], cluster)
    finally:
        memory.rm("/clip.wav")
    text = str(caught.value)
    assert text.startswith("worker tcp://127.0.0.1:") and f"on {socket.gethostname()}" in text
    assert "cannot read memory://clip.wav: No such file." in text
    assert "the folder under the same path, or" in text and "fsspec URL" in text
    assert caught.value.__notes__ == ["in the unit 'content 2'"]


def test_shared_values_are_protected_from_the_units_that_share_them(cluster):
    X = np.zeros(10_000)
    work = tasks(cluster_units.read_only, [{"X": X}, {"X": X}])
    assert outcomes(work, cluster) == [True, True]


def test_a_worker_unlike_the_client_is_refused_when_it_joins_and_when_one_connects(
    address, cluster, tmp_path
):
    other = tmp_path / "other"
    shutil.copytree(REPOSITORY / "pipeline", other / "pipeline")
    (other / "pipeline" / "newer.py").touch()
    old = other / "scikit_learn-1.0.dist-info"
    old.mkdir()
    (old / "METADATA").write_text("Metadata-Version: 2.1\nName: scikit-learn\nVersion: 1.0\n")
    path = (other, dask_processes.ON_PATH[1])
    options = ("--no-nanny", "--nthreads", "2")
    work = tasks(cluster_units.slow_square, [{"number": number} for number in range(12)])
    message = rf"scikit-learn 1\.0, not .*another version of this code, in {other} .*2 threads"
    with dask_processes.worker(address, tmp_path / "worker", *options, path=path):
        dask_processes.wait_for_threads(cluster, 4)
        with pytest.raises(ClusterError, match=message):
            outcomes(work, cluster)
        with pytest.raises(ClusterError, match=message), connected(address):
            pass
    dask_processes.wait_for_threads(cluster, 2)
    assert outcomes(work[:3], cluster) == [0, 1, 4]


def test_a_worker_without_this_package_is_said_and_one_that_joins_later_loses_nothing(
    address, cluster, tmp_path
):
    message = r"No module named 'pipeline'.* inside the folder of GenreLens, .* dask worker"
    work = tasks(cluster_units.slow_square, [{"number": number} for number in range(12)])
    with dask_processes.worker(address, tmp_path, "--no-nanny", "--nthreads", "1", path=()):
        dask_processes.wait_for_threads(cluster, 3)
        with pytest.raises(ClusterError, match=message), connected(address):
            pass
        assert outcomes(work, cluster) == [number**2 for number in range(12)]
        assert "No module named 'pipeline'" in dask_processes.worker_log(tmp_path)
    dask_processes.wait_for_threads(cluster, 2)


def test_an_unreachable_scheduler_is_said_in_time_with_the_command_to_start_one(monkeypatch):
    assert connection.CONNECT_S <= 8
    monkeypatch.setattr(connection, "CONNECT_S", 1)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    started = time.monotonic()
    with (
        pytest.raises(ClusterError, match=f"at tcp://127.0.0.1:{port} .* -m dask scheduler"),
        connected(f"tcp://127.0.0.1:{port}"),
    ):
        pass
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("where", ["host", "tcp://host", "local", "local:0", "http://h:1", "a b:1"])
def test_what_is_no_address_is_refused(where):
    with pytest.raises(ClusterError, match=r"tcp://host:8786, or local:N"), connected(where):
        pass


def test_without_workers_without_any_left_and_without_a_scheduler(tmp_path, monkeypatch):
    work = tasks(cluster_units.slow_square, [{"number": number} for number in range(40)])
    cache = Cache(tmp_path / "cache")
    with dask_processes.scheduler(tmp_path) as (address, process):
        with (
            pytest.raises(ClusterError, match=f"no workers. Start .* dask worker {address} "),
            connected(address, first_worker_s=0.1),
        ):
            pass

        def kill_scheduler(done: int, total: int, label: str) -> None:
            if done == 2:
                process.kill()

        options = ("--no-nanny", "--nthreads", "1")
        with dask_processes.worker(address, tmp_path / "worker", *options) as worker:
            with connected(address, first_worker_s=dask_processes.START_S) as cluster:
                worker.kill()
                dask_processes.wait_for_threads(cluster, 0)
                monkeypatch.setattr(run, "NO_WORKERS_S", 0.5)
                monkeypatch.setattr(run, "LOOK_S", 0.1)
                with pytest.raises(ClusterError, match=r"no worker is left .* dask worker"):
                    outcomes(work, cluster, cache)
                with (
                    dask_processes.worker(address, tmp_path / "worker", *options),
                    pytest.raises(ClusterError, match=f"scheduler at {address} was lost"),
                ):
                    dask_processes.wait_for_threads(cluster, 1)
                    outcomes(work, cluster, cache, kill_scheduler)
    assert sum(cache.get(task.key)[0] for task in work) >= 2
