"""GTZAN: where it is looked for, what is read, what the real files hold."""

import csv
import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.config import DATA_VARIABLE, REPOSITORY, data_candidates
from pipeline.datasets import DATASETS, DatasetError, gtzan
from pipeline.datasets.duplicates import agreeing_shares, duplicate_rows, duplicate_tracks
from pipeline.features.table import TABLE_COLUMNS

KNOWN_COPIES = {
    ("disco.00098", "disco.00099"), ("hiphop.00039", "hiphop.00045"),
    ("hiphop.00076", "hiphop.00078"), ("metal.00034", "metal.00094"),
    ("metal.00040", "metal.00061"), ("metal.00041", "metal.00062"),
    ("metal.00042", "metal.00063"), ("metal.00043", "metal.00064"),
    ("metal.00044", "metal.00065"), ("metal.00045", "metal.00066"),
    ("metal.00058", "rock.00016"), ("pop.00054", "pop.00060"),
    ("pop.00067", "pop.00071"), ("reggae.00081", "reggae.00082"),
}  # fmt: skip
KNOWN_FROM_SEGMENTS = KNOWN_COPIES | {("reggae.00073", "reggae.00074")}


def write_gtzan(folder: Path, *, segments: bool = True, clips: bool = True) -> Path:
    """Write two tracks a genre as tables in Kaggle's layout."""
    rng = np.random.default_rng(0)
    folder.mkdir(parents=True, exist_ok=True)
    tracks = [f"{genre}.{number:05d}" for genre in gtzan.GENRES for number in (0, 1)]
    wanted = {"features_3_sec.csv": [".0", ".1"] * segments, "features_30_sec.csv": [""] * clips}
    for name, parts in wanted.items():
        if not parts:
            continue
        with (folder / name).open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(TABLE_COLUMNS)
            for track in tracks:
                for part in parts:
                    numbers = rng.normal(size=57)
                    writer.writerow([f"{track}{part}.wav", 66_149, *numbers, track.split(".")[0]])
    return folder


def copies(table):
    """Pairs of duplicate tracks of a table."""
    groups = duplicate_tracks(table)
    return {tuple(sorted(members.index)) for _, members in groups[groups >= 0].groupby(groups)}


@pytest.mark.parametrize("inner", ["", "gtzan", "Data"])
def test_tables_are_found_in_each_layout(tmp_path, inner):
    write_gtzan(tmp_path / inner)
    dataset = gtzan.load(tmp_path)
    assert dataset.name == "gtzan"
    assert not dataset.synthetic
    assert dataset.tables["features_3s"].X.shape == (40, 57)
    assert dataset.tables["features_30s"].X.shape == (20, 57)
    assert dataset.tables["features_30s"].genres == gtzan.GENRES
    assert dataset.fault_filtered is None
    assert dataset.artist_group is None


def test_folder_may_come_from_the_environment(tmp_path, monkeypatch):
    write_gtzan(tmp_path)
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    assert DATASETS["gtzan"](None).name == "gtzan"


@pytest.mark.parametrize(
    ("present", "representation"), [("segments", "features_3s"), ("clips", "features_30s")]
)
def test_one_table_is_enough(tmp_path, present, representation):
    absent = {"segments": "clips", "clips": "segments"}[present]
    write_gtzan(tmp_path, **{absent: False})
    assert list(gtzan.load(tmp_path).tables) == [representation]


def test_no_data_says_where_to_get_it_and_what_works_without(tmp_path):
    with pytest.raises(DatasetError) as caught:
        gtzan.load(tmp_path)
    message = str(caught.value)
    for folder in data_candidates(tmp_path):
        assert str(folder) in message
    for part in (
        "GTZAN Dataset - Music Genre Classification", "andradaolteanu", "kaggle.com",
        "features_3_sec.csv", "splits/fault_filtered.csv", "--data", "python -m pipeline demo",
    ):  # fmt: skip
        assert part in message


def test_split_lists_beside_the_tables_are_read(tmp_path):
    write_gtzan(tmp_path / "Data")
    splits = tmp_path / "Data" / "splits"
    splits.mkdir()
    (splits / "fault_filtered.csv").write_text(
        "track_id,split\nblues.00000,train\nblues.00001,validation\nrock.00099,test\n"
    )
    (splits / "artist_3fold.csv").write_text(
        "track_id,fold,artist_group\nblues.00000,0,5\nblues.00001,2,6\nrock.00099,1,7\n"
    )
    dataset = gtzan.load(tmp_path)
    assert dataset.fault_filtered is not None and len(dataset.fault_filtered) == 3
    assert dataset.artist_group is not None
    assert dataset.artist_group.to_dict() == {"blues.00000": 5, "blues.00001": 6, "rock.00099": 7}
    assert dataset.artist_fold is not None
    assert dataset.artist_fold.to_dict() == {"blues.00000": 0, "blues.00001": 2, "rock.00099": 1}


def test_split_list_naming_no_gtzan_track_is_refused(tmp_path):
    write_gtzan(tmp_path)
    (tmp_path / "splits").mkdir()
    (tmp_path / "splits" / "fault_filtered.csv").write_text("track_id,split\nblues.00100,train\n")
    with pytest.raises(DatasetError, match=r"row 2, column 'track_id': 'blues\.00100' is not"):
        gtzan.load(tmp_path)


def test_import_stays_light():
    heavy = "tensorflow", "lightgbm", "sklearn", "librosa", "dash"
    program = (
        "import sys, pipeline.datasets.gtzan, pipeline.datasets.demo; "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_real_tables_hold_the_known_copies_and_no_others(data_root):
    dataset = gtzan.load(data_root)
    segments, clips = dataset.tables["features_3s"], dataset.tables["features_30s"]
    assert clips.X.shape == (1000, 57)
    assert segments.rows["track_id"].nunique() == 1000
    assert segments.rows["segment"].between(0, 9).all()
    for table in (segments, clips):
        assert np.isfinite(table.X).all()
        assert (table.rows.drop_duplicates("track_id")["genre"].value_counts() == 100).all()
    assert copies(clips) == KNOWN_COPIES
    assert copies(segments) == KNOWN_FROM_SEGMENTS


def test_real_segments_raise_no_false_alarm_within_five_times_the_tolerance(data_root):
    table = gtzan.load(data_root).tables["features_3s"]
    for tolerance_sd in (1e-2, 5e-2):
        groups = duplicate_rows(
            table.X, table.rows["segment"].to_numpy(), tolerance_sd=tolerance_sd
        )
        rows = table.rows.assign(duplicate_group=groups)
        agreeing = agreeing_shares(dataclasses.replace(table, rows=rows))
        false_alarms = agreeing.keys() - KNOWN_FROM_SEGMENTS
        assert len(false_alarms) == 0
        assert agreeing.keys() == KNOWN_FROM_SEGMENTS


def test_real_lists_have_the_published_sizes(data_root):
    dataset = gtzan.load(data_root)
    if dataset.fault_filtered is None or dataset.artist_group is None:
        pytest.skip(f"the split lists, a separate download, are not below {data_root}")
    assert dataset.fault_filtered["split"].value_counts().to_dict() == {
        "train": 443, "validation": 197, "test": 290,
    }  # fmt: skip
    assert len(dataset.artist_group) == 948
    assert dataset.artist_group.nunique() == 412
    assert dataset.artist_fold is not None
    assert dataset.artist_fold.value_counts().to_dict() == {0: 315, 1: 316, 2: 317}
    assert (dataset.artist_fold.groupby(dataset.artist_group).nunique() == 1).all()
