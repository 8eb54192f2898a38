"""The files that features of many clips are written to, row by row as they come.

Each is written under another name and takes its own when it is whole. Statistics are tables:
Kaggle's ``features_3_sec.csv`` and ``features_30_sec.csv``, FMA's ``features.csv``. Everything
else is one ``.npz`` with an array for each window, named as the sound is, and a table of these
names beside it: arrays are read from it one by one, so it may be larger than memory.
"""

import csv
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

import numpy as np

from pipeline.features.bulk.clips import Clip, ClipsError
from pipeline.features.bulk.outputs import Output
from pipeline.features.bulk.work import Outcome
from pipeline.features.fma import COLUMN_LEVELS, FMA_COLUMNS
from pipeline.features.table import FAILURE_COLUMNS, TABLE_COLUMNS

ROW_COLUMNS = ("name", "track_id", "window", "label")


class FeatureFile(Protocol):
    """Takes the features of one clip after the other."""

    def add(self, clip: Clip, outcome: Outcome) -> int:
        """Write the features of a clip and return how many rows they are."""


@contextmanager
def feature_file(path: Path, output: Output) -> Iterator[FeatureFile]:
    """Give the file of an output, which is there when the block ends without an error."""
    if path.suffix == ".npz":
        with (
            _replaced_text(path.with_name(output.rows_file)) as rows,
            _replaced(path) as temporary,
            zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as arrays,
        ):
            yield ArrayFile(arrays, rows, segmented=output.cut == "segments")
    else:
        with _replaced_text(path) as text:
            if output.feature.name == "fma":
                yield FmaTable(text)
            else:
                yield KaggleTable(text, segmented=output.cut == "segments")


@contextmanager
def failure_table(path: Path) -> Iterator["FailureTable"]:
    """Give the table of clips that could not be used; it is written even if there are none."""
    with _replaced_text(path) as text:
        yield FailureTable(text)


class FailureTable:
    """Paths and reasons, and how many there are."""

    def __init__(self, file: IO[str]) -> None:
        self._rows = csv.writer(file, lineterminator="\n")
        self._rows.writerow(FAILURE_COLUMNS)
        self.count = 0

    def add(self, path: str, reason: str) -> None:
        """Write a row."""
        self._rows.writerow([path, reason])
        self.count += 1


class KaggleTable:
    """Statistics in the layout of the Kaggle archive.

    ``segmented`` adds the number of the segment to each name: ``blues.00001.3.wav``.
    """

    def __init__(self, file: IO[str], *, segmented: bool) -> None:
        self._rows = csv.writer(file, lineterminator="\n")
        self._segmented = segmented
        self._rows.writerow(TABLE_COLUMNS)

    def add(self, clip: Clip, outcome: Outcome) -> int:
        """Write a row for each window."""
        for k, (values, length) in enumerate(zip(outcome.values, outcome.lengths, strict=True)):
            name = f"{clip.track_id}.{k}.wav" if self._segmented else f"{clip.track_id}.wav"
            self._rows.writerow([name, length, *values.tolist(), clip.label])
        return len(outcome.values)


class FmaTable:
    """Statistics in the layout of FMA's features.csv: three rows name the columns."""

    def __init__(self, file: IO[str]) -> None:
        self._rows = csv.writer(file, lineterminator="\n")
        for place, level in enumerate(COLUMN_LEVELS):
            self._rows.writerow([level, *(column[place] for column in FMA_COLUMNS)])
        self._rows.writerow(["track_id", *([""] * len(FMA_COLUMNS))])

    def add(self, clip: Clip, outcome: Outcome) -> int:
        """Write a row; a track that is called by a number, as FMA's are, is written as one."""
        name = clip.track_id
        track = str(int(name)) if name.isdecimal() else name
        for values in outcome.values:
            self._rows.writerow([track, *(f"{value:.10e}" for value in values)])
        return len(outcome.values)


class ArrayFile:
    """Arrays of any shape in one ``.npz``, and the table of their names.

    ``segmented`` adds the number of the segment to each name, even where there is one alone.
    """

    def __init__(self, arrays: zipfile.ZipFile, rows: IO[str], *, segmented: bool) -> None:
        self._arrays = arrays
        self._segmented = segmented
        self._names = set[str]()
        self._rows = csv.writer(rows, lineterminator="\n")
        self._rows.writerow(ROW_COLUMNS)

    def add(self, clip: Clip, outcome: Outcome) -> int:
        """Write an array for each window: ``blues.00001``, or ``blues.00001.3`` of several.

        Raises
        ------
        ClipsError
            If an array has that name already.
        """
        several = self._segmented or len(outcome.values) > 1
        for k, values in enumerate(outcome.values):
            name = f"{clip.track_id}.{k}" if several else clip.track_id
            if name in self._names:
                raise ClipsError(
                    f"two arrays would be called {name!r}, one of them of {clip.path}. Rename the "
                    "clip, or leave it out."
                )
            self._names.add(name)
            member = zipfile.ZipInfo(f"{name}.npy")  # of a fixed date: equal arrays, equal files
            with self._arrays.open(member, "w", force_zip64=True) as file:
                np.lib.format.write_array(file, values, allow_pickle=False)
            self._rows.writerow([name, clip.track_id, k, clip.label])
        return len(outcome.values)


@contextmanager
def _replaced_text(path: Path) -> Iterator[IO[str]]:
    with (
        _replaced(path) as temporary,
        temporary.open("w", newline="", encoding="utf-8") as file,
    ):
        yield file


@contextmanager
def _replaced(path: Path) -> Iterator[Path]:
    """Give a temporary path that becomes ``path`` in the end, unless an error comes between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
