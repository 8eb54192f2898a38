"""Audio files -> a table of the 57 statistics with the columns of the Kaggle archive.

A file that cannot be used becomes a row of a second table, with the reason.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from pipeline.audio import AudioError, stream_windows
from pipeline.config import ANALYSIS
from pipeline.features.summary import FEATURE_NAMES, summary_statistics

TABLE_COLUMNS: tuple[str, ...] = ("filename", "length", *FEATURE_NAMES, "label")
_GTZAN_STEM = re.compile(r"([A-Za-z]+)\.[0-9]{5}(?:\.[0-9]+)?")  # of a clip, or of its segment
FAILURE_COLUMNS: tuple[str, ...] = ("path", "reason")


def summary_table(
    paths: Iterable[Path], *, segments: Literal[3, 30]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the statistics of clips, and which clips could not be used.

    Parameters
    ----------
    paths : iterable of Path
        Audio files, in the order in which they shall appear.
    segments : {3, 30}
        Length of the windows in seconds; see ``pipeline.audio.windows``.

    Returns
    -------
    table : DataFrame
        ``filename, length, <57 features>, label``: a row per window. ``filename`` is
        ``<stem>.<k>.wav`` for window ``k``, or ``<stem>.wav`` where 30-s windows cut nothing off;
        ``length`` counts the clip's own samples in the window, without padding; ``label`` is the
        genre that a name of GTZAN's kind states ("blues.00001"), else the folder's name.
    failures : DataFrame
        ``path, reason``: a row per clip that could not be used.
    """
    rows: list[dict[str, Any]] = []
    failures: list[dict[str, str]] = []
    for path in paths:
        try:
            rows += _clip_rows(path, segments)
        except AudioError as error:
            failures.append({"path": str(path), "reason": str(error)})
    return (
        pd.DataFrame(rows, columns=list(TABLE_COLUMNS)),
        pd.DataFrame(failures, columns=list(FAILURE_COLUMNS)),
    )


def genre_label(path: Path) -> str:
    """Return the genre that a name of GTZAN's kind ("blues.00001.wav") or else a folder states."""
    named = _GTZAN_STEM.fullmatch(path.stem)
    return named[1] if named else path.resolve().parent.name


def _clip_rows(path: Path, segments: Literal[3, 30]) -> list[dict[str, Any]]:
    described = [
        (window, summary_statistics(samples, sr=ANALYSIS.sr))
        for window, samples in stream_windows(path, sr=ANALYSIS.sr, window_s=segments)
    ]
    whole = segments == 30 and len(described) == 1
    return [
        {
            "filename": f"{path.stem}.wav" if whole else f"{path.stem}.{k}.wav",
            "length": window.end - window.start,
            **dict(zip(FEATURE_NAMES, statistics.tolist(), strict=True)),
            "label": genre_label(path),
        }
        for k, (window, statistics) in enumerate(described)
    ]
