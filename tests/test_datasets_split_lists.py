"""The split and artist lists: right ones are read, wrong ones refused with their place."""

import pytest

from pipeline.datasets import DatasetError
from pipeline.datasets.split_lists import read_artist_fold, read_artist_group, read_fault_filtered

TRACKS = {f"bells.{number:05d}" for number in range(4)}
SPLIT = """track_id,split
bells.00000,train
bells.00001,validation
bells.00002,test
"""
ARTISTS = """track_id,fold,artist_group
bells.00000,1,12
bells.00001,1,12
bells.00003,2,3
bells.00002,3,7
"""


def test_fault_filtered_list_is_read(tmp_path):
    (tmp_path / "fault_filtered.csv").write_text(SPLIT)
    table = read_fault_filtered(tmp_path, tracks=TRACKS)
    assert table is not None
    assert table.columns.to_list() == ["track_id", "split"]
    assert table.set_index("track_id")["split"].to_dict() == {
        "bells.00000": "train", "bells.00001": "validation", "bells.00002": "test",
    }  # fmt: skip


def test_artist_groups_are_read_as_numbers(tmp_path):
    (tmp_path / "artist_3fold.csv").write_text(ARTISTS)
    groups = read_artist_group(tmp_path, tracks=TRACKS)
    assert groups is not None
    assert groups.to_dict() == {
        "bells.00000": 12, "bells.00001": 12, "bells.00003": 3, "bells.00002": 7,
    }  # fmt: skip
    assert groups.dtype == "int64"


def test_artist_folds_count_from_zero(tmp_path):
    (tmp_path / "artist_3fold.csv").write_text(ARTISTS)
    folds = read_artist_fold(tmp_path, tracks=TRACKS)
    assert folds is not None
    assert folds.to_dict() == {
        "bells.00000": 0, "bells.00001": 0, "bells.00003": 1, "bells.00002": 2,
    }  # fmt: skip
    assert folds.dtype == "int64"


def test_absent_lists_are_none(tmp_path):
    assert read_fault_filtered(tmp_path, tracks=TRACKS) is None
    assert read_artist_group(tmp_path, tracks=TRACKS) is None
    assert read_artist_fold(tmp_path, tracks=TRACKS) is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("track_id,split", "track,split", "row 1: missing column 'track_id'; extra column 'track'"),
        (",test", ",tset", "row 4, column 'split': expected one of train, validation, test, got"),
        ("bells.00002", "bells.00009", "row 4, column 'track_id': 'bells.00009' is not a track"),
        ("bells.00002", "bells.00001", "row 4, column 'track_id': .* stands in row 3 too"),
        (",test", ",train", "no track is in test"),
        (",test", "", "row 4, column 'split': no cell"),
    ],
)
def test_wrong_split_list_is_refused(tmp_path, old, new, message):
    (tmp_path / "fault_filtered.csv").write_text(SPLIT.replace(old, new))
    with pytest.raises(DatasetError, match=rf"fault_filtered\.csv.*{message}"):
        read_fault_filtered(tmp_path, tracks=TRACKS)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2,3", "2,12", "row 4, column 'fold': artist group 12 is in fold 1 too"),
        ("3,7", "2,7", r"tracks must be in 3 folds, got 2 \(1, 2\)"),
        ("2,3", "2,Bob", "row 4, column 'artist_group': expected a whole number from 0, got 'Bob'"),
        ("3,2,3", "3,-1,3", "row 4, column 'fold': expected a whole number from 0, got '-1'"),
    ],
)
def test_wrong_artist_list_is_refused(tmp_path, old, new, message):
    (tmp_path / "artist_3fold.csv").write_text(ARTISTS.replace(old, new))
    for read in (read_artist_group, read_artist_fold):
        with pytest.raises(DatasetError, match=rf"artist_3fold\.csv.*{message}"):
            read(tmp_path, tracks=TRACKS)
