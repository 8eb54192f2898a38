"""Ingest that does not come to its end: a full disk, Ctrl-C, a kill, another run."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_archives import (
    bring,
    clip,
    everything_below,
    kaggle_gtzan,
    tone,
    write_folder,
    write_zip,
)

from pipeline.config import REPOSITORY
from pipeline.ingest import IngestError, extraction
from pipeline.ingest.staging import staging_path


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def test_a_full_disk_leaves_what_was_there(tmp_path, data, monkeypatch):
    bring(write_zip(tmp_path / "a.zip", kaggle_gtzan()), data)
    before = everything_below(data)
    original = extraction._copy

    def full(stream, file, *, archive, name, announced):
        if name.endswith("rock.00099.wav"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        original(stream, file, archive=archive, name=name, announced=announced)

    monkeypatch.setattr(extraction, "_copy", full)
    changed = {**kaggle_gtzan(), "Data/genres_original/rock/rock.00001.wav": clip(tone(700))}
    with pytest.raises(IngestError, match=r"the disk of .* is full \(No space left"):
        bring(write_zip(tmp_path / "a.zip", changed), data)
    assert everything_below(data) == before and not staging_path(data / "gtzan").exists()


@pytest.mark.parametrize("limit", [100_000, 500])  # in the sound; in tracks.parquet
def test_a_limit_on_file_sizes_is_a_full_disk_too(tmp_path, limit):
    """The kernel itself refuses the write, as a full disk does."""
    files = {"jazz/a.wav": clip(tone(440, duration_s=20))}
    archive = write_zip(tmp_path / "a.zip", files)
    if limit < 1_000:
        archive = write_folder(tmp_path / "a", files)
    script = f"""
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from pathlib import Path
from pipeline.cache import Cache
from pipeline.ingest import IngestError
from pipeline.ingest.run import ingest
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
try:
    ingest(Path({str(archive)!r}), Path({str(tmp_path / "data")!r}), cache=Cache(None), jobs=1,
           advance=lambda *_: None)
except IngestError as error:
    sys.exit(str(error))
"""
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert answer.returncode == 1 and "is full (File too large)" in answer.stderr
    assert not (tmp_path / "data").exists()


def test_too_little_room_is_said_before_anything_is_written(tmp_path, data, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(IngestError, match=r"needs .* MB in .*, and 0\.0 MB are free there"):
        bring(write_zip(tmp_path / "a.zip", kaggle_gtzan()), data)
    assert not data.exists()


@pytest.mark.parametrize("where", ["unpacking", "reading files", "listening"])
def test_ctrl_c_leaves_a_clean_state(tmp_path, data, where):
    def interrupt(done, total, label):
        if label.startswith(where) and done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(write_zip(tmp_path / "a.zip", kaggle_gtzan()), data, advance=interrupt)
    assert not data.exists()


def test_a_killed_run_is_cleared_or_gone_on_with(tmp_path, data, monkeypatch):
    archive = write_zip(tmp_path / "a.zip", kaggle_gtzan())
    bring(archive, data / "whole")
    script = f"""
import os, sys
from pathlib import Path
from pipeline.cache import Cache
from pipeline.ingest.run import ingest
def killed(done, total, label):
    if label.startswith(sys.argv[1]) and done == 2:
        os.kill(os.getpid(), 9)
ingest(Path({str(archive)!r}), Path({str(data / "killed")!r}), cache=Cache(None), jobs=1,
       advance=killed)
"""
    for where in ("unpacking", "listening"):
        answer = subprocess.run([sys.executable, "-c", script, where], cwd=REPOSITORY)
        assert answer.returncode == -signal.SIGKILL
        assert [path.name for path in (data / "killed").iterdir()] == [".gtzan.ingest"]
    monkeypatch.setattr("pipeline.ingest.sources.extract", None)  # all is unpacked already
    bring(archive, data / "killed")
    assert everything_below(data / "killed") == everything_below(data / "whole")


def test_a_kill_while_parts_change_places_loses_nothing(tmp_path, data, monkeypatch):
    bring(write_zip(tmp_path / "a.zip", kaggle_gtzan()), data)
    changed = {**kaggle_gtzan(), "Data/genres_original/rock/rock.00001.wav": clip(tone(700))}
    archive = write_zip(tmp_path / "a.zip", changed)
    replace_file = os.replace

    def stop(source, target):
        if Path(target).name == "genres_original":
            raise KeyboardInterrupt
        replace_file(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            bring(archive, data)
    assert (data / "gtzan" / "genres_original" / "rock" / "rock.00099.wav").is_file()
    assert not staging_path(data / "gtzan").exists()
    done = bring(archive, data)
    assert "rock.00001" in set(done.tracks["track_id"])
    bring(archive, data / "fresh")
    assert everything_below(data / "gtzan") == everything_below(data / "fresh" / "gtzan")


def test_two_runs_on_one_data_set_do_not_meet(tmp_path, data):
    archive = write_zip(tmp_path / "a.zip", kaggle_gtzan())

    def second(done, total, label):
        if label.startswith("listening"):
            bring(archive, data)

    with pytest.raises(IngestError, match=r"another run is filling .*/gtzan now"):
        bring(archive, data, advance=second)


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(IngestError, match="cannot be written"):
        bring(write_zip(tmp_path / "a.zip", kaggle_gtzan()), tmp_path / "file" / "data")


def test_a_source_that_is_not_there_is_named(tmp_path, data):
    with pytest.raises(IngestError, match=r"nowhere\.zip not found"):
        bring(tmp_path / "nowhere.zip", data)


def test_copies_that_would_replace_each_other_are_refused(tmp_path, data):
    twins = {f"jazz/jazz.00001.{end}": clip(tone(n)) for end, n in (("WAV", 440), ("wav", 550))}
    source = write_folder(tmp_path / "m", {**twins, "rock/a.wav": clip(tone(660))})
    if len(list((source / "jazz").iterdir())) < 2:
        pytest.skip("this disk does not tell upper from lower case")
    with pytest.raises(IngestError, match=r"jazz\.00001\.WAV and .*jazz\.00001\.wav would both"):
        bring(source, data, copy=True)
    assert not data.exists()
    assert bring(source, data).tracks["track_id"].nunique() == 3
