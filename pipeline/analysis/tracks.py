"""A run's predictions by track, and on which other tracks something may be fitted for each.

A temperature or a conformal threshold is never fitted on the tracks that it is judged on.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.artifacts import genres_of, probability_columns

N_GROUPS = 5  # cross-fitting where a run has neither a validation part nor folds


@dataclass(frozen=True)
class Tracks:
    """Predictions by track: the tested tracks first, then those of the validation part, if any.

    Attributes
    ----------
    genres : list of str
    n_tested : int
    y_true : ndarray of shape (n_tracks,), genre numbers
    y_proba : ndarray of shape (n_tracks, n_genres)
        Means over the rows of each track.
    fold, group : ndarray of shape (n_tracks,)
        The fold that a track was predicted in, and its independent unit.
    row_proba : ndarray of shape (n_rows, n_genres)
        The rows behind the means, those of one track side by side.
    n_rows : ndarray of shape (n_tracks,)
    """

    genres: list[str]
    n_tested: int
    y_true: np.ndarray
    y_proba: np.ndarray
    fold: np.ndarray
    group: np.ndarray
    row_proba: np.ndarray
    n_rows: np.ndarray

    @property
    def tested(self) -> "Tested":
        """The tested tracks."""
        part = slice(self.n_tested)
        return Tested(self.y_true[part], self.y_proba[part], self.group[part])

    def averaged(self, row_values: np.ndarray) -> np.ndarray:
        """Return the mean of row values (n_rows, ...) over the rows of each track."""
        return _averaged(row_values, self.n_rows)


@dataclass(frozen=True)
class Tested:
    """Tested tracks: true genre numbers, probabilities (n, n_genres) and independent units."""

    y_true: np.ndarray
    y_proba: np.ndarray
    group: np.ndarray

    @property
    def confidence(self) -> np.ndarray:
        """Probability of each track's answer."""
        return self.y_proba.max(axis=1)

    @property
    def right(self) -> np.ndarray:
        """Whether each track's most probable genre is the true one."""
        return self.y_proba.argmax(axis=1) == self.y_true


@dataclass(frozen=True)
class CrossFit:
    """What may be fitted on which tracks, to be judged on which others.

    Attributes
    ----------
    parts : list of (ndarray, ndarray)
        Numbers of the tracks to fit on, and of tested tracks; each tested track is in one part.
    fitted_on : str
        The same in words.
    """

    parts: list[tuple[np.ndarray, np.ndarray]]
    fitted_on: str


def tracks_of(predictions: pd.DataFrame, group_of_track: pd.Series) -> Tracks:
    """Return a run's predictions of test and validation part by track.

    A track that several folds validated on was predicted by several models and stands there once
    for each.

    Raises
    ------
    ValueError
        If the predictions hold no probabilities.
    """
    genres, columns = genres_of(predictions), probability_columns(predictions)
    if not columns:
        raise ValueError(
            f"predictions need a column proba_<genre> for each genre; got "
            f"{', '.join(predictions.columns)}. Runs that keep answers only have no such analysis."
        )
    tested = (predictions["part"] == "test").to_numpy()
    place = np.where(tested, -1, predictions["fold"])  # -1 sorts the tested tracks first
    order = np.lexsort([pd.factorize(predictions["track_id"], sort=True)[0], place])
    rows, place = predictions.iloc[order], place[order]
    track_id = rows["track_id"].to_numpy()
    first = np.ones(len(rows), dtype=bool)
    first[1:] = (track_id[1:] != track_id[:-1]) | (place[1:] != place[:-1])
    starts = np.flatnonzero(first)
    n_rows = np.diff(np.append(starts, len(rows)))
    row_proba = rows[columns].to_numpy(dtype=np.float64)
    one_each = rows.iloc[starts]
    return Tracks(
        genres=genres,
        n_tested=int((place[starts] == -1).sum()),
        y_true=pd.Categorical(one_each["y_true"], categories=genres).codes.astype(int),
        y_proba=_averaged(row_proba, n_rows),
        fold=one_each["fold"].to_numpy(),
        group=group_of_track.loc[one_each["track_id"]].to_numpy(),
        row_proba=row_proba,
        n_rows=n_rows,
    )


def cross_fit(tracks: Tracks, *, seed: int = 0) -> CrossFit:
    """Return on which tracks to fit what is applied to each tested track.

    The validation part (of the same fold) where the run has one; else the tested tracks of the
    other folds; else, with one fold, the tested tracks of the other of five seeded sets, no
    independent unit being in two.

    Raises
    ------
    ValueError
        If all tested tracks are one independent unit.
    """
    tested = np.arange(tracks.n_tested)
    folds = np.unique(tracks.fold[tested])
    validated = np.arange(tracks.n_tested, len(tracks.y_true))
    if len(validated):
        fold = tracks.fold[validated]
        parts = [(validated[fold == f], tested[tracks.fold[tested] == f]) for f in folds]
        return CrossFit(parts, "validation tracks")
    if len(folds) > 1:
        return CrossFit(_others(tracks.fold[tested]), "tracks of the other folds")
    codes, groups = pd.factorize(tracks.group[tested], sort=True)
    n_sets = min(N_GROUPS, len(groups))
    if n_sets < 2:
        raise ValueError(
            "fitting on other tracks needs tested tracks of at least two independent units (tracks "
            f"or artists); got {len(groups)}. Give the run a validation part or more tracks."
        )
    set_of_group = np.random.default_rng(seed).permutation(len(groups)) % n_sets
    return CrossFit(_others(set_of_group[codes]), f"other test tracks, in {n_sets} sets")


def _others(label: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(np.flatnonzero(label != k), np.flatnonzero(label == k)) for k in np.unique(label)]


def _averaged(row_values: np.ndarray, n_rows: np.ndarray) -> np.ndarray:
    starts = np.append(0, np.cumsum(n_rows)[:-1])
    return np.add.reduceat(row_values, starts) / n_rows[:, None]
