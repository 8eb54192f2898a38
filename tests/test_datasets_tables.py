"""Feature tables in Kaggle's layout: what is read, and what is refused with its place named."""

import csv
from pathlib import Path

import numpy as np
import pytest

from pipeline.datasets import DatasetError
from pipeline.datasets.tables import read_feature_table, read_split_table
from pipeline.features.summary import FEATURE_NAMES
from pipeline.features.table import TABLE_COLUMNS

GENRES = ("bells", "drone")


def rows_of(names):
    """Make one row per file name; every number differs."""
    rng = np.random.default_rng(0)
    return [
        dict(
            zip(
                TABLE_COLUMNS, [name, 66_149, *rng.normal(size=57), name.split(".")[0]], strict=True
            )
        )
        for name in names
    ]


def write_csv(path: Path, rows, columns=TABLE_COLUMNS) -> Path:
    """Write rows as a spreadsheet would."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(path: Path, representation: str = "features_3s"):
    """Read as one of two genres."""
    return read_feature_table(path, dataset="small", representation=representation, genres=GENRES)


SEGMENTS = ["bells.00000.0.wav", "bells.00000.1.wav", "drone.00007.0.wav"]


def test_segments_are_read_in_the_order_of_the_file(tmp_path):
    rows = rows_of(reversed(SEGMENTS))
    table = read(write_csv(tmp_path / "t.csv", rows))
    assert table.rows["track_id"].to_list() == ["drone.00007", "bells.00000", "bells.00000"]
    assert table.rows["segment"].to_list() == [0, 1, 0]
    assert table.rows["genre"].to_list() == ["drone", "bells", "bells"]
    assert table.rows["duplicate_group"].to_list() == [-1, -1, -1]
    assert table.X.dtype == np.float32
    assert table.X.shape == (3, 57)
    assert table.X[2, 0] == np.float32(rows[2]["chroma_stft_mean"])
    assert "length" not in table.features
    assert len(table.sha256) == 64


def test_whole_clips_have_segment_minus_one(tmp_path):
    path = write_csv(tmp_path / "t.csv", rows_of(["bells.00000.wav", "drone.00001.wav"]))
    assert read(path, "features_30s").rows["segment"].to_list() == [-1, -1]


@pytest.mark.parametrize("ending", ["wav", "au", "flac"])
def test_audio_endings_do_not_matter(tmp_path, ending):
    path = write_csv(tmp_path / "t.csv", rows_of([f"bells.00003.2.{ending}", SEGMENTS[2]]))
    assert read(path).rows["track_id"].to_list() == ["bells.00003", "drone.00007"]


def test_column_order_does_not_matter(tmp_path):
    rows = rows_of(SEGMENTS)
    straight = read(write_csv(tmp_path / "a.csv", rows))
    turned = read(write_csv(tmp_path / "b.csv", rows, TABLE_COLUMNS[::-1]))
    np.testing.assert_array_equal(straight.X, turned.X)
    assert straight.sha256 != turned.sha256


def test_byte_order_mark_and_carriage_returns_are_tolerated(tmp_path):
    path = write_csv(tmp_path / "t.csv", rows_of(SEGMENTS))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(read(path).rows) == 3


def test_equal_rows_of_two_tracks_share_a_group(tmp_path):
    rows = rows_of(["bells.00000.0.wav", "bells.00001.0.wav", "drone.00000.0.wav"])
    rows[2] |= {name: rows[0][name] for name in FEATURE_NAMES}
    assert read(write_csv(tmp_path / "t.csv", rows)).rows["duplicate_group"].to_list() == [0, -1, 0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tempo": "fast"}, r"row 3, column 'tempo': expected a finite number, got 'fast'"),
        ({"tempo": ""}, r"row 3, column 'tempo': expected a finite number, got ''"),
        ({"mfcc20_var": "nan"}, r"row 3, column 'mfcc20_var'"),
        ({"rms_mean": "-inf"}, r"row 3, column 'rms_mean'"),
        ({"rms_mean": "1e39"}, r"row 3, column 'rms_mean'"),
        ({"rms_mean": "1_0"}, r"row 3, column 'rms_mean'"),
        ({"length": "long"}, r"row 3, column 'length'"),
        ({"label": "polka"}, r"row 3, column 'label': unknown genre 'polka'; known are bells"),
        ({"label": "drone"}, r"row 3, column 'label': 'drone' contradicts the file name"),
        ({"filename": "polka.00000.0.wav"}, r"row 3, column 'filename': unknown genre 'polka'"),
        ({"filename": "song.mp3"}, r"row 3, column 'filename': expected the name of a segment"),
        ({"filename": "bells.00000.wav"}, r"row 3, column 'filename': expected .* a segment"),
        ({"filename": "bells.00000.0.wav"}, r"row 3, column 'filename': .* stands in row 2 too"),
        ({"filename": "bells.00000.0.au"}, r"row 3, column 'filename': .* stands in row 2 too"),
    ],
)
def test_bad_cell_is_refused_with_its_place(tmp_path, change, message):
    rows = rows_of(SEGMENTS)
    rows[1] |= change
    with pytest.raises(DatasetError, match=rf"t\.csv, {message}"):
        read(write_csv(tmp_path / "t.csv", rows))


def test_segment_name_among_whole_clips_is_refused(tmp_path):
    path = write_csv(tmp_path / "t.csv", rows_of(SEGMENTS))
    with pytest.raises(DatasetError, match=r"row 2, column 'filename': expected .* a whole clip"):
        read(path, "features_30s")


def test_blank_lines_do_not_shift_row_numbers(tmp_path):
    rows = rows_of(SEGMENTS)
    rows[1]["tempo"] = "?"
    path = write_csv(tmp_path / "t.csv", rows)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:2], "", *lines[2:], ""]))
    with pytest.raises(DatasetError, match=r"row 4, column 'tempo'"):
        read(path)


def test_missing_and_extra_columns_are_named(tmp_path):
    columns = ["index", *(name for name in TABLE_COLUMNS if name != "tempo")]
    rows = [{name: row.get(name, 0) for name in columns} for row in rows_of(SEGMENTS)]
    with pytest.raises(DatasetError, match=r"missing column 'tempo'; extra column 'index' \(colu"):
        read(write_csv(tmp_path / "t.csv", rows, columns))


def test_repeated_column_is_refused(tmp_path):
    path = write_csv(tmp_path / "t.csv", rows_of(SEGMENTS))
    lines = path.read_text().splitlines()
    path.write_text("\n".join([f"{lines[0]},tempo", *(f"{line},1" for line in lines[1:])]))
    with pytest.raises(DatasetError, match=r"extra column 'tempo' \(column 61\)"):
        read(path)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda line: line.rsplit(",", 1)[0], r"row 4, column 'label': no cell"),
        (lambda line: f"{line},surplus", r"row 4, column '61': 'surplus' is past the last of 60"),
    ],
)
def test_ragged_row_is_refused(tmp_path, edit, message):
    path = write_csv(tmp_path / "t.csv", rows_of(SEGMENTS))
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:3], edit(lines[3])]))
    with pytest.raises(DatasetError, match=message):
        read(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (",".join(TABLE_COLUMNS).encode(), "has a header and no rows"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git-LFS pointer"),
        (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "HTML page"),
        (b"\n <html lang='en'>", "HTML page"),
        (b"PK\x03\x04\xff\xfe\x00", "must be CSV text, got binary data"),
        (b'filename,"length\n1,2', "not valid CSV"),
    ],
)
def test_file_that_is_no_table_is_refused(tmp_path, content, message):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=rf"t\.csv.*{message}"):
        read(path)


def test_absent_file_is_refused(tmp_path):
    with pytest.raises(DatasetError, match=r"t\.csv cannot be read \(No such file"):
        read(tmp_path / "t.csv")


def test_split_table_keeps_row_numbers_and_column_order(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("part,track_id\na,x.1\n\nb,x.2\n")
    table = read_split_table(path, columns=("track_id", "part"), tracks={"x.1", "x.2"})
    assert table.columns.to_list() == ["track_id", "part"]
    assert table.index.to_list() == [2, 4]
    assert table["part"].to_list() == ["a", "b"]
