"""Lists of tracks beside a data set: a published split and the artists, read and checked.

A list that is not there is None; one that is there must be right, because a wrong split gives
wrong scores without a sound. Must not import TensorFlow, LightGBM or ``dashboard``.
"""

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from pipeline.datasets import DatasetError
from pipeline.datasets.csv_table import refuse_cell
from pipeline.datasets.tables import read_split_table

PARTS = ("train", "validation", "test")
FAULT_FILTERED_FILE = "fault_filtered.csv"
FAULT_FILTERED_COLUMNS = ("track_id", "split")
ARTIST_FILE = "artist_3fold.csv"
ARTIST_COLUMNS = ("track_id", "fold", "artist_group")
N_FOLDS = 3


def read_fault_filtered(folder: Path, *, tracks: Collection[str]) -> pd.DataFrame | None:
    """Return ``track_id, split`` of ``fault_filtered.csv``, or None where there is no such file.

    Parameters
    ----------
    folder : Path
        Folder of the lists.
    tracks : collection of str
        Every track of the data set.

    Raises
    ------
    DatasetError
        If columns, tracks or parts are not as expected, or a part has no track.
    """
    path = folder / FAULT_FILTERED_FILE
    if not path.is_file():
        return None
    table = read_split_table(path, columns=FAULT_FILTERED_COLUMNS, tracks=tracks)
    for row, part in table[["split"]].itertuples():
        if part not in PARTS:
            refuse_cell(path, row, "split", f"expected one of {', '.join(PARTS)}, got {part!r}")
    absent = [part for part in PARTS if part not in set(table["split"])]
    if absent:
        raise DatasetError(f"{path}: no track is in {', '.join(absent)}. Restore the list.")
    return table.reset_index(drop=True)


def read_artist_group(folder: Path, *, tracks: Collection[str]) -> pd.Series | None:
    """Return the artist group by ``track_id`` of ``artist_3fold.csv``, None without the file.

    Parameters
    ----------
    folder : Path
        Folder of the lists.
    tracks : collection of str
        Every track of the data set.

    Raises
    ------
    DatasetError
        If columns, tracks or numbers are not as expected, an artist stands in two folds, or there
        are not three folds.
    """
    return _artist_column(folder, "artist_group", tracks=tracks)


def read_artist_fold(folder: Path, *, tracks: Collection[str]) -> pd.Series | None:
    """Return the fold by ``track_id`` of ``artist_3fold.csv``, None without the file.

    The published list counts folds from 1; here they are 0, 1, 2 in the same order.

    Parameters
    ----------
    folder : Path
        Folder of the lists.
    tracks : collection of str
        Every track of the data set.

    Raises
    ------
    DatasetError
        If columns, tracks or numbers are not as expected, an artist stands in two folds, or there
        are not three folds.
    """
    return _artist_column(folder, "fold", tracks=tracks)


def _artist_column(folder: Path, column: str, *, tracks: Collection[str]) -> pd.Series | None:
    """Read one column of numbers by track, after a check of the whole list."""
    path = folder / ARTIST_FILE
    if not path.is_file():
        return None
    table = read_split_table(path, columns=ARTIST_COLUMNS, tracks=tracks)
    fold_of: dict[str, str] = {}
    for row, fold, group in table[["fold", "artist_group"]].itertuples():
        for name, text in (("fold", fold), ("artist_group", group)):
            if not (text.isascii() and text.isdigit()):
                refuse_cell(path, row, name, f"expected a whole number from 0, got {text!r}")
        if fold_of.setdefault(group, fold) != fold:
            problem = f"artist group {group} is in fold {fold_of[group]} too"
            refuse_cell(path, row, "fold", problem)
    numbers = table[["fold", "artist_group"]].astype("int64").set_axis(table["track_id"])
    folds = sorted(numbers["fold"].unique())
    if len(folds) != N_FOLDS:
        raise DatasetError(
            f"{path}: tracks must be in {N_FOLDS} folds, got {len(folds)} "
            f"({', '.join(map(str, folds))}). Restore the list."
        )
    numbers["fold"] = numbers["fold"].map(folds.index)
    return numbers[column]
