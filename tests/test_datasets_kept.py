"""Tables that are kept as files: the same again, without being made again, until a file changes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.datasets import FeatureTable
from pipeline.datasets.kept import kept_tables

TABLE = FeatureTable(
    dataset="gtzan",
    representation="mel_clip",
    genres=("blues", "rock"),
    features=(),
    rows=pd.DataFrame(
        {
            "track_id": ["blues.00000", "rock.00001"],
            "segment": [-1, -1],
            "genre": ["blues", "rock"],
            "duplicate_group": [-1, -1],
        }
    ),
    X=np.arange(24, dtype=np.float32).reshape(2, 4, 3),
    sha256="abc",
)


class Maker:
    """Makes the table, and counts how often."""

    def __init__(self):
        self.made = 0

    def __call__(self):
        """Return two tables."""
        self.made += 1
        named = replace(TABLE, X=TABLE.X[:, 0], features=("a", "b", "c"))
        return {"mel_clip": TABLE, "named": named}


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"picture")
    return path


def test_second_reading_is_equal_and_makes_nothing(tmp_path, source):
    make = Maker()
    first = kept_tables(tmp_path / "kept", [source], ["x"], make)
    second = kept_tables(tmp_path / "kept", [source], ["x"], make)
    assert make.made == 1
    for tables in (first, second):
        for name, table in make().items():
            np.testing.assert_array_equal(tables[name].X, table.X)
            pd.testing.assert_frame_equal(tables[name].rows, table.rows)
            assert tables[name].genres == table.genres
            assert tables[name].features == table.features
            assert tables[name].sha256 == "abc"


def test_arrays_are_mapped_not_read(tmp_path, source):
    table = kept_tables(tmp_path / "kept", [source], [], Maker())["mel_clip"]
    assert isinstance(table.X, np.memmap)
    assert not table.X.flags.writeable


@pytest.mark.parametrize("change", ["content", "facts"])
def test_another_file_or_fact_is_made_anew(tmp_path, source, change):
    make = Maker()
    kept_tables(tmp_path / "kept", [source], ["x"], make)
    if change == "content":
        source.write_bytes(b"another picture")
    kept_tables(tmp_path / "kept", [source], ["y" if change == "facts" else "x"], make)
    assert make.made == 2


def test_without_a_folder_or_files_nothing_is_kept(tmp_path, source):
    make = Maker()
    assert kept_tables(None, [source], [], make)["mel_clip"] is TABLE
    assert kept_tables(tmp_path / "kept", [], [], make)["mel_clip"] is TABLE
    assert not (tmp_path / "kept").exists()


def test_half_written_tables_are_made_again(tmp_path, source):
    make = Maker()
    kept_tables(tmp_path / "kept", [source], [], make)
    (index,) = (tmp_path / "kept").rglob("tables.json")
    index.unlink()
    kept_tables(tmp_path / "kept", [source], [], make)
    assert make.made == 2
