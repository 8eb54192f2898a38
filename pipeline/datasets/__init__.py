"""Data sets: a folder of files -> tables of features with their tracks and genres.

Each data set is one module with a ``load`` function, declared in ``DATASETS``. Conventions:
``track_id`` is Kaggle's stem ("blues.00000"); ``segment`` counts 3-s segments from 0 and is -1
where a row is a whole clip; features are float32, because that is what the exported models take.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd


class DatasetError(Exception):
    """The data are missing or are not what was expected; the message names file and place."""


@dataclass(frozen=True)
class FeatureTable:
    """One representation of one data set: a row per sample.

    Attributes
    ----------
    dataset, representation : str
        Ids as they stand in run ids, e.g. "gtzan" and "features_3s".
    genres : tuple of str
        All genres of the data set, alphabetical.
    features : tuple of str
        Column names of ``X``; empty for pictures and sequences, whose numbers have no names.
    rows : DataFrame
        Columns ``track_id``, ``segment`` (-1 = whole clip), ``genre``, ``duplicate_group``: rows of
        equal features share a number >= 0, all others have -1.
    X : ndarray of shape (n_rows, n_features), float32
        Or (n_rows, time, bands) and (n_rows, height, width): a row may be an array.
    sha256 : str
        Hash of the file that the table was read from.
    """

    dataset: str
    representation: str
    genres: tuple[str, ...]
    features: tuple[str, ...]
    rows: pd.DataFrame
    X: np.ndarray
    sha256: str

    @property
    def n_features(self) -> int:
        """Numbers in a row, named or not."""
        return int(np.prod(self.X.shape[1:]))

    @property
    def described(self) -> bool:
        """Whether columns have names: only then is there something to say of each."""
        return bool(self.features)


@dataclass(frozen=True)
class Dataset:
    """Everything the pipeline knows of one data set.

    Attributes
    ----------
    name, title : str
    synthetic : bool
        True for the demo corpus; every page then says so.
    source : str
        One line: what it is and where it comes from.
    tables : dict of str to FeatureTable
        By representation.
    fault_filtered : DataFrame or None
        Columns ``track_id, split`` (train, validation, test); None where the file is not there.
    artist_group : Series or None
        Artist group by ``track_id``, for the tracks whose artist is known.
    artist_fold : Series or None
        Published fold (0, 1, 2) by ``track_id``; no artist is in two.
    official : Series or None
        The data set's own part (train, validation, test) by ``track_id``, where it has one.
    blanks : dict of str to str
        Why a protocol has no runs on this data set, by protocol.
    left_out : tuple of (str, str)
        ``track_id`` and reason of each track whose sound could not be used.
    audio : Path or None
        Folder of the clips, ``<genre>/<track_id>.<suffix>``; None where tables are all there is.
    """

    name: str
    title: str
    synthetic: bool
    source: str
    tables: dict[str, FeatureTable]
    fault_filtered: pd.DataFrame | None
    artist_group: pd.Series | None
    artist_fold: pd.Series | None = None
    official: pd.Series | None = None
    blanks: dict[str, str] = field(default_factory=dict)
    left_out: tuple[tuple[str, str], ...] = ()
    audio: Path | None = None


LoadDataset = Callable[[Path | None], Dataset]


def _gtzan(data: Path | None) -> Dataset:
    """Load GTZAN; its module is imported only when asked for."""
    from pipeline.datasets import gtzan

    return gtzan.load(data)


def _fma(data: Path | None) -> Dataset:
    """Load FMA; its module is imported only when asked for."""
    from pipeline.datasets import fma

    return fma.load(data)


def _demo(data: Path | None) -> Dataset:
    """Load the synthetic corpus; its module is imported only when asked for."""
    from pipeline.datasets import demo

    return demo.load(data)


DATASETS: dict[str, LoadDataset] = {"gtzan": _gtzan, "fma": _fma, "demo": _demo}
