"""Altered clips through models: rows as live prediction makes them, answers out of fold.

Two pieces of work that are kept: what is computed of one clip under every alteration, and what a
model of one fold answers to the clips that this fold holds out. Temperatures come later.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.artifacts import PROBABILITY_PREFIX
from pipeline.audio.alterations import ALTERATIONS, altered
from pipeline.evaluate import Unit, fitted
from pipeline.served_rows import REPRESENTATIONS, Heard, WindowLength
from pipeline.splits import LeakError

UNALTERED = "none"
Condition = tuple[str, float]  # alteration and level
Rows = dict[Condition, dict[str, np.ndarray]]  # of one clip, by condition and representation

CONDITIONS: tuple[Condition, ...] = (
    (UNALTERED, 0.0),
    *((one.name, float(level)) for one in ALTERATIONS.values() for level in one.levels),
)


def rows_of_clip(
    *, y: np.ndarray, sr: int, representations: Sequence[str], conditions: Sequence[Condition]
) -> Rows:
    """Return a clip's rows under every condition, float32 of shape (n_windows, ...).

    Parameters
    ----------
    y : ndarray of shape (n_samples,), float32
    sr : int
        In Hz, that of the training tables.
    representations : sequence of str
        Names in ``served_rows.REPRESENTATIONS``.
    """
    wanted = {name: REPRESENTATIONS[name] for name in representations}
    parts = frozenset().union(*(one.parts for one in wanted.values()))
    lengths: set[WindowLength] = {one.window_s for one in wanted.values()}
    if "segments" in parts:
        lengths.add(3)
    rows: Rows = {}
    for alteration, level in conditions:
        samples = y
        if alteration != UNALTERED:
            samples = altered(y, sr=sr, alteration=alteration, level=level)
        heard = Heard(samples, sr=sr, lengths=sorted(lengths), parts=parts)
        for _ in heard.compute():
            pass
        rows[alteration, level] = {
            name: np.concatenate(list(one.rows(heard))).astype(np.float32)
            for name, one in wanted.items()
        }
    return rows


def held_out_answers(
    *,
    unit: Unit,
    clips: Mapping[str, Mapping[Condition, np.ndarray]],
    columns: np.ndarray | None,
) -> pd.DataFrame:
    """Return what a model of one fold says of clips that the fold holds out.

    Parameters
    ----------
    unit : Unit
        Model and fold.
    clips : mapping of track to mapping of condition to ndarray of shape (n_windows, ...)
        The clips' rows in the unit's representation.
    columns : ndarray or None
        Where the table's columns stand in a row; None for whole rows.

    Returns
    -------
    DataFrame
        ``track_id, alteration, level`` and probabilities, a row a window.

    Raises
    ------
    LeakError
        If the model would be fitted on one of the clips.
    """
    validate_held_out(unit, list(clips))
    estimator = fitted(unit)
    genres = [f"{PROBABILITY_PREFIX}{genre}" for genre in unit.table.genres]
    found = []
    for track, conditions in clips.items():
        lengths = [len(X) for X in conditions.values()]
        X = np.concatenate(list(conditions.values()))
        proba = estimator.predict_proba(X if columns is None else X[:, columns])
        names = pd.DataFrame(list(conditions), columns=["alteration", "level"])
        table = names.loc[np.repeat(names.index, lengths)].reset_index(drop=True)
        table.insert(0, "track_id", track)
        found.append(pd.concat([table, pd.DataFrame(proba, columns=genres)], axis=1))
    return pd.concat(found, ignore_index=True)


def validate_held_out(unit: Unit, tracks: Sequence[str]) -> None:
    """Raise ``LeakError`` unless a fold holds out all of these tracks and fits on none."""
    track_of_row = unit.table.rows["track_id"].to_numpy()
    tested = set(track_of_row[unit.fold.test])
    rows = [unit.fold.train, unit.fold.validation, unit.stop]
    seen = {track for own in rows if own is not None for track in track_of_row[own]}
    wrong = [track for track in tracks if track in seen or track not in tested]
    if wrong:
        raise LeakError(
            f"{unit.model}, fold {unit.fold.number}: {len(wrong)} clips are not held out, e.g. "
            f"{', '.join(wrong[:3])}. A clip is judged by the model of the fold that tests it."
        )
